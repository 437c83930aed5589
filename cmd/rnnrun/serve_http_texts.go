//go:build !nohttp

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ports"
	tables "github.com/rnnrun/rnnrun/internal/table"
)

// errNoText is the error of a line or an element that is not a text.
var errNoText = errors.New(`neither a JSON string nor an object with a member "text"; or send texts as text/plain`)

// prepareTexts prepares that many responders, if the model reads texts.
func (w *webServer) prepareTexts(n int) {
	if !w.m.ReadsText() || !ports.HasClasses(w.m) {
		return
	}
	w.texts = make(chan responder, n)
	for range n {
		w.texts <- nil // made when it is needed
	}
}

// newResponder returns a responder that answers as 'rnnrun classify' and 'rnnrun tag' do.
func (w *webServer) newResponder() responder {
	if w.m.Task() == format.TaskTag {
		return newTagger(w.m, 0, true)
	}
	s := w.m.NewSession()
	return &classifier{session: s, tokens: tokenReader{model: w.m, shrink: s.Shrink, answer: tokenBytes, pad: w.pad}, asJSON: true}
}

// answerText writes the answer to a text, or an empty one if it cannot be read.
func (w *webServer) answerText(out io.Writer, text string, unread error, where string, errs io.Writer) (bad bool, err error) {
	r := <-w.texts
	defer func() { w.texts <- r }()
	if r == nil {
		r = w.newResponder()
	}
	bytesAreTokens := w.m.Description().Tokenizer.Kind == format.TokenizerBytes
	k := conversation{responder: r, anyBytes: bytesAreTokens, out: bufio.NewWriter(out), errs: errs}
	if unread != nil {
		fmt.Fprintf(errs, "rnnrun: %s: %v\n", where, unread)
		return true, errors.Join(k.pass(k.out, text), k.out.Flush())
	}
	begin := time.Now()
	err = k.answer(text, nil, where)
	w.counts.texts.Observe(time.Since(begin), 1)
	return k.failed > 0, errors.Join(err, k.out.Flush())
}

// predictTexts answers a text, or an array of them.
func (w *webServer) predictTexts(e *exchange, body []byte, out *buffer) (single bool, err error) {
	n := 0
	answer := func(text string) error {
		n++
		noted := &messages{server: w.server, of: e.client()}
		where := fmt.Sprint("text ", n)
		bad, err := w.answerText(out, text, nil, where, noted)
		if bad {
			_, what := noted.where()
			return &problem{http.StatusUnprocessableEntity, what, where, "correct the text, or leave it out"}
		}
		return err
	}
	if e.reads("text/plain") {
		return true, answer(string(bytes.TrimRight(body, "\r\n")))
	}
	if text, ok := tables.Text(body, textMember); ok {
		return true, answer(text)
	}
	err = tables.EachOfList(body, func(m tables.Member) error {
		text, ok := string(m.Value), m.String
		if m.Nested {
			text, ok = tables.Text(m.Value, textMember)
		}
		if !ok {
			return &problem{http.StatusBadRequest, errNoText.Error(), fmt.Sprint("text ", n+1), `send "a text", ["one", "another"] or {"text":"a text"}`}
		}
		return answer(text)
	})
	var p *problem
	if err != nil && !errors.As(err, &p) {
		err = &problem{http.StatusBadRequest, "the body is neither a JSON string nor an array of strings", bodyName, `send "a text", ["one", "another"] or {"text":"a text"}`}
	}
	return false, err
}

const textMember = "text"

// streamTexts answers texts line by line.
func (w *webServer) streamTexts(l *lineStream) error {
	plain := l.reads("text/plain")
	out := new(bytes.Buffer)
	failed := 0
	for n := 1; ; n++ {
		line, err := l.lines.next()
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		text, unread := string(bytes.TrimRight(line, "\r\n")), error(nil)
		if l.lines.within {
			text, unread = "", fmt.Errorf("the line has more than %d bytes; split it", longestLine)
			if err := l.lines.skip(); err != nil && err != io.EOF {
				return err
			}
		} else if !plain && len(bytes.TrimSpace(line)) > 0 {
			var ok bool
			if text, ok = tables.Text(line, textMember); !ok {
				text, unread = "", errNoText
			}
		}
		out.Reset()
		bad, err := w.answerText(out, text, unread, fmt.Sprintf("%s, line %d", bodyName, n), l.messages)
		if err == nil {
			_, err = l.Write(out.Bytes())
		}
		if err != nil {
			return err
		}
		if bad {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s could not be read", message.Count(failed, "text"))
	}
	return nil
}
