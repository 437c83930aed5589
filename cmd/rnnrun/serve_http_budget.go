//go:build !nohttp

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

const budgetBytes = 64 << 20 // for all bodies and answers in memory at once

// A budget is the memory that requests may still use.
type budget struct{ left atomic.Int64 }

// A buffer uses memory from a budget, up to a limit.
type buffer struct {
	budget *budget
	bytes  []byte
	taken  int64
	most   int
	over   *problem // the error of exceeding the limit
}

func (w *webServer) buffer(most int, over *problem) *buffer {
	return &buffer{budget: &w.room, most: most, over: over}
}

func (b *buffer) Write(data []byte) (int, error) {
	if len(b.bytes)+len(data) > b.most {
		return 0, b.over
	}
	if grown := int64(max(len(b.bytes)+len(data), 2*cap(b.bytes), 512)); len(b.bytes)+len(data) > cap(b.bytes) {
		more := grown - b.taken
		if b.budget.left.Add(-more) < 0 {
			b.budget.left.Add(more)
			return 0, &problem{http.StatusServiceUnavailable, "too many requests at once", "the server's memory", "try again later"}
		}
		b.taken = grown
		b.bytes = append(make([]byte, 0, grown), b.bytes...)
	}
	b.bytes = append(b.bytes, data...)
	return len(data), nil
}

// release gives the memory back.
func (b *buffer) release() {
	b.budget.left.Add(b.taken)
	b.bytes, b.taken = nil, 0
}

// readWhole reads a body.
func (w *webServer) readWhole(e *exchange) (*buffer, error) {
	b := w.buffer(w.body, &problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", w.body), "the body",
		"send less at once, use /v1/stream, or start the server with a greater --max-body"})
	if e.r.ContentLength > int64(w.body) {
		return nil, b.over
	}
	if err := e.within(e.wait); err != nil {
		return nil, err
	}
	if _, err := io.Copy(b, struct{ io.Reader }{e.r.Body}); err != nil {
		b.release()
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = &problem{http.StatusBadRequest, "the body ends too early", "the body", "send it again"}
		}
		return nil, err
	}
	return b, nil
}
