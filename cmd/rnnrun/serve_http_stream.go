//go:build !nohttp

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const (
	typeLines = "application/x-ndjson"
	typeCSV   = "text/csv"
	typeJSON  = "application/json"
)

// A lineStream answers the lines of a body.
type lineStream struct {
	*exchange
	v        conversion
	lines    *bodyLines
	messages *messages
}

// lineStream begins a stream of lines. The caller finishes the exchange if there is no error.
func (w *webServer) lineStream(e *exchange) (*lineStream, error) {
	if !w.begin(e) {
		return nil, errEnding
	}
	if err := e.control.EnableFullDuplex(); err != nil && e.r.ProtoMajor == 1 {
		w.finish(e)
		return nil, err
	}
	l := &lineStream{exchange: e, v: w.answering(e), lines: newBodyLines(e)}
	l.messages = &messages{server: w.server, of: e.client()}
	return l, nil
}

// answering returns how an exchange is answered.
func (w *webServer) answering(e *exchange) conversion {
	v := w.conversion
	if v.json = !e.writesCSV(); v.json {
		v.label = false
	}
	return v
}

// start tells the client to send lines.
func (l *lineStream) start() error {
	contentType := typeLines
	if !l.v.json {
		contentType = typeCSV
	}
	return l.exchange.begin(contentType)
}

// outcome returns the problem to report at the end, or nil.
func (l *lineStream) outcome(err error) error {
	why := l.interrupted()
	switch {
	case why != nil:
		return why
	case err == nil:
		return nil
	case l.messages.first == "":
		return err
	}
	where, what := l.messages.where()
	return &problem{http.StatusUnprocessableEntity, err.Error(), where, "correct the line: " + what}
}

// converter returns a converter that answers the lines with a session.
func (l *lineStream) converter(session *rnn.Session) (*converter, error) {
	return l.server.converter(&l.v, session, bodyName, &lineReader{next: l.lines.next}, l, l.messages)
}

// stream answers lines with a session of their own.
func (w *webServer) stream(e *exchange) error {
	if w.texts == nil && !w.m.Streamable() {
		return &problem{http.StatusBadRequest, "the model reads whole sequences", "", "post them to /v1/predict"}
	}
	l, err := w.lineStream(e)
	if err != nil {
		return err
	}
	defer w.finish(e)
	if err := l.start(); err != nil {
		return err
	}
	if w.texts != nil {
		return l.outcome(w.streamTexts(l))
	}
	k, err := l.converter(w.m.NewSession())
	if err == nil {
		k.check()
		err = errors.Join(k.sequences(), k.leftOut())
	}
	return l.outcome(err)
}

// bodyName is the name of an input in messages.
const bodyName = "the body"

// goOn answers lines with the session of a named stream.
func (w *webServer) goOn(e *exchange) error {
	name, err := w.streamName(e)
	if err != nil {
		return err
	}
	from, given, err := firstLine(e)
	if err != nil {
		return err
	}
	l, err := w.lineStream(e)
	if err != nil {
		return err
	}
	defer w.finish(e)
	session := w.m.NewSession()
	n, err := w.openStream(name, session, func() { e.interrupt(errTaken) })
	if err != nil {
		return err
	}
	defer n.release()
	if !given {
		from = n.lines
	}
	if from > n.lines {
		return &problem{http.StatusConflict, fmt.Sprintf("the server has answered %s of the stream, but the body begins after line %d", message.Count(n.lines, "line"), from), "from",
			fmt.Sprintf("send the lines after the first %d, with from=%d", n.lines, n.lines)}
	}
	if err := n.lacks(from); err != nil {
		return &problem{http.StatusConflict, err.Error(), "from", "send the lines after those that it has answered, or delete the stream"}
	}
	e.w.Header().Set("Rnnrun-Lines", strconv.FormatUint(n.lines, 10))
	if err := l.start(); err != nil {
		return err
	}
	if from, err = l.again(n, from); err != nil || from < n.lines {
		return l.outcome(err)
	}
	k, err := l.converter(session)
	if err == nil {
		if k.text != nil {
			k.text.step, k.text.unnumbered = int(n.lines), true
		}
		err = n.answer(k)
	}
	return l.outcome(err)
}

// again repeats the answers of lines that were answered before, without running them, and
// returns the first line that was not.
func (l *lineStream) again(n *namedStream, from uint64) (uint64, error) {
	w := newAnswerer(l, n.session, new(series.Records), &l.v)
	w.step, w.unnumbered = int(from), true
	for ; from < n.lines; from++ {
		err := l.lines.skip()
		if err == io.EOF {
			return from, nil
		}
		if err == nil {
			err = n.replay(w, from, from+1)
		}
		if err != nil {
			return from, err
		}
	}
	return from, nil
}

// firstLine returns how many lines of the stream precede the body, if the client says so.
func firstLine(e *exchange) (from uint64, given bool, err error) {
	text := e.r.URL.Query().Get("from")
	if text == "" {
		return 0, false, nil
	}
	if from, err = strconv.ParseUint(text, 10, 31); err != nil {
		return 0, true, &problem{http.StatusBadRequest, "from is not a number of lines", "from", "give how many lines of the stream precede the first line of the body"}
	}
	return from, true, nil
}

// streamName returns the name of the stream in the path.
func (w *webServer) streamName(e *exchange) (string, error) {
	if err := namesStreams(w.m); err != nil {
		return "", &problem{http.StatusBadRequest, err.Error(), "", "use /v1/predict or /v1/stream"}
	}
	name := strings.TrimPrefix(e.r.URL.Path, "/v1/streams/")
	if !validName(name) {
		return "", &problem{http.StatusBadRequest, "invalid name of a stream", "", "give a name of at most 64 letters, digits, - and _"}
	}
	return name, nil
}

// describeStream returns how many lines of a stream were answered.
func (w *webServer) describeStream(e *exchange) error {
	name, err := w.streamName(e)
	if err != nil {
		return err
	}
	w.mu.Lock()
	h := w.held[name]
	w.mu.Unlock()
	var lines uint64
	if h != nil {
		lines = h.lines.Load()
	} else if lines, err = w.linesOf(name); err != nil {
		return unknownStream(err)
	}
	e.reply(http.StatusOK, typeJSON, append(cli.AppendJSON(nil, cli.Object{"stream", name, "lines", lines, "open", h != nil}), '\n'))
	return nil
}

// deleteStream forgets a stream, after the client that has it has left.
func (w *webServer) deleteStream(e *exchange) error {
	name, err := w.streamName(e)
	if err != nil {
		return err
	}
	h := w.hold(name, func() {})
	defer w.release(name, h)
	if err := w.kept.remove(name); err != nil {
		return unknownStream(err)
	}
	e.reply(http.StatusOK, typeJSON, append(cli.AppendJSON(nil, cli.Object{"stream", name, "deleted", true}), '\n'))
	return nil
}

func unknownStream(err error) error {
	if isNone(err) {
		return &problem{http.StatusNotFound, "there is no stream with this name", "", "post lines to it first"}
	}
	return &problem{status: http.StatusInternalServerError, what: err.Error(), do: "see the directory of --states"}
}
