//go:build !nohttp

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	tables "github.com/rnnrun/rnnrun/internal/table"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// retained is how much memory a session may keep after a sequence, in bytes.
const retained = 8 << 20

// predict answers a body that is read as a whole.
func (w *webServer) predict(e *exchange) error {
	body, err := w.readWhole(e)
	if err != nil {
		return err
	}
	defer body.release()
	out := w.buffer(w.answer, &problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the answer has more than %d bytes", w.answer), "the answer", "send less at once, or use /v1/stream"})
	defer out.release()
	single := false
	if w.texts != nil {
		single, err = w.predictTexts(e, body.bytes, out)
	} else {
		single, err = w.predictSteps(e, body.bytes, out)
	}
	if err != nil {
		return err
	}
	switch {
	case e.writesCSV():
		e.reply(http.StatusOK, typeCSV, out.bytes)
	case single:
		e.reply(http.StatusOK, typeJSON, out.bytes)
	default:
		e.reply(http.StatusOK, typeJSON, asArray(out.bytes))
	}
	return nil
}

// asArray returns an array of the objects in lines.
func asArray(lines []byte) []byte {
	lines = bytes.TrimSuffix(lines, []byte("\n"))
	return fmt.Appendf(nil, "[%s]\n", bytes.ReplaceAll(lines, []byte("\n"), []byte(",\n")))
}

// predictSteps answers sequences of steps. single: the body is one object, not an array.
func (w *webServer) predictSteps(e *exchange, body []byte, out *buffer) (single bool, err error) {
	lines := w.buffer(4*w.body+16, out.over)
	defer lines.release()
	switch {
	case e.reads("text/csv"):
		_, err = lines.Write(body)
	default:
		single, err = writeSteps(lines, body)
	}
	if err != nil {
		return single, err
	}
	v := w.answering(e)
	v.strict = true
	return single, w.lend(func(s *rnn.Session) error {
		noted := new(bytes.Buffer)
		k, err := w.converter(&v, s, bodyName, bytes.NewReader(lines.bytes), out, noted)
		if err == nil {
			k.check()
			err = k.sequences()
		}
		var p *problem
		var bad *series.Error
		switch {
		case errors.As(err, &p):
			return p
		case errors.As(err, &bad) && bad.Line > 0:
			return &problem{http.StatusUnprocessableEntity, err.Error(), fmt.Sprintf("step %d of the body", bad.Line), fmt.Sprintf("send steps of %s, or objects with the columns that /v1/model shows", message.Count(k.width, "number"))}
		case err == nil && len(out.bytes) == 0:
			return &problem{http.StatusUnprocessableEntity, "the body has too few steps for an answer", bodyName, "send at least one step, or a full window if /v1/model shows one"}
		}
		return err
	})
}

// lend calls use with a session in its initial state, as soon as one is free.
func (w *webServer) lend(use func(*rnn.Session) error) error {
	s := <-w.sessions
	defer func() { w.sessions <- s }()
	if s == nil {
		s = w.m.NewSession()
	}
	s.Reset()
	err := use(s)
	if s.Bytes() > retained {
		s.Shrink()
	}
	return err
}

// writeSteps writes the steps of a JSON text as lines of CSV or objects, with an empty
// line after each sequence if there are several.
func writeSteps(lines io.Writer, body []byte) (single bool, err error) {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("{")) {
		return true, writeStep(lines, body)
	}
	err = tables.EachOfList(body, func(m tables.Member) error {
		if !isSequence(m) {
			return writeStep(lines, stepOf(m))
		}
		if err := tables.EachOfList(m.Value, func(m tables.Member) error { return writeStep(lines, stepOf(m)) }); err != nil {
			return err
		}
		_, err := io.WriteString(lines, "\n")
		return err
	})
	var p *problem
	if err != nil && !errors.As(err, &p) {
		err = &problem{http.StatusBadRequest, "the body is not a JSON array of steps", bodyName, "send [[0.1,0.2],[0.3,0.4]], an array of objects, or CSV as text/csv"}
	}
	return false, err
}

// isSequence reports whether an element is a sequence, and not a step.
func isSequence(m tables.Member) bool {
	if !m.Nested || m.Value[0] != '[' {
		return false
	}
	inner := bytes.TrimSpace(m.Value[1:])
	return inner[0] == '[' || inner[0] == '{'
}

// stepOf returns the text of a step. A string is never a step.
func stepOf(m tables.Member) []byte {
	if m.String || m.Value == nil {
		return []byte("null")
	}
	return m.Value
}

// writeStep writes a step as a line.
func writeStep(lines io.Writer, step []byte) error {
	line := bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, step)
	_, err := lines.Write(withoutBrackets(append(line, '\n')))
	return err
}
