//go:build !nohttp

package main

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// An exchange is a request and its answer.
type exchange struct {
	*server
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	status  int // 0: nothing has been written

	mu     sync.Mutex // guards the fields below
	why    error      // why it must end: the server is shutting down, or another request has its stream
	closed bool
}

func newExchange(s *server, w http.ResponseWriter, r *http.Request) *exchange {
	return &exchange{server: s, w: w, r: r, control: http.NewResponseController(w)}
}

var (
	errEnding = &problem{http.StatusServiceUnavailable, "the server is shutting down", "the stream", "continue with the line after the last answer when it is back"}
	errTaken  = &problem{http.StatusConflict, "another request has taken over the stream", "the stream", "use one client for each stream"}
)

// end makes the exchange answer the lines that have arrived, and then end.
func (e *exchange) end() { e.interrupt(errEnding) }

// interrupt stops reading the body.
func (e *exchange) interrupt(why error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return // the connection may serve another request
	}
	if e.why == nil {
		e.why = why
	}
	e.control.SetReadDeadline(time.Now())
	if why == errTaken {
		e.control.SetWriteDeadline(time.Now())
	}
}

func (e *exchange) interrupted() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.why
}

// close ends the exchange.
func (e *exchange) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
}

// within limits the time for what the client sends next.
func (e *exchange) within(d time.Duration) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.why != nil {
		return io.EOF
	}
	return e.control.SetReadDeadline(time.Now().Add(d))
}

// extend gives the client time for another line.
func (e *exchange) extend() error { return e.within(e.idle) }

// Read reads the body.
func (e *exchange) Read(b []byte) (int, error) {
	n, err := e.r.Body.Read(b)
	if err != nil && err != io.EOF && e.interrupted() != nil {
		err = errInterrupted
	}
	return n, err
}

// begin begins the answer before its first part is written.
func (e *exchange) begin(contentType string) error {
	e.w.Header().Set("Content-Type", contentType)
	e.w.Header().Set("X-Content-Type-Options", "nosniff")
	e.w.WriteHeader(http.StatusOK)
	e.status = http.StatusOK
	return e.control.Flush()
}

// Write writes a part of the answer and flushes it.
func (e *exchange) Write(b []byte) (int, error) {
	e.mu.Lock()
	err := error(nil)
	if e.why != errTaken {
		err = e.control.SetWriteDeadline(time.Now().Add(e.wait))
	}
	e.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := e.w.Write(b)
	if err == nil {
		err = e.control.Flush()
	}
	return n, err
}

// reply writes a whole answer.
func (e *exchange) reply(status int, contentType string, body []byte) {
	e.w.Header().Set("Content-Type", contentType)
	e.w.Header().Set("X-Content-Type-Options", "nosniff")
	e.control.SetWriteDeadline(time.Now().Add(e.wait))
	e.w.WriteHeader(status)
	e.status = status
	e.w.Write(body)
}

// fail reports an error to the client, and closes the connection if a part of the body is
// unread.
func (e *exchange) fail(err error) {
	p := problemOf(err)
	if p.where == "" {
		q := *p
		q.where = e.r.Method + " " + e.r.URL.Path
		if len(q.where) > 100 {
			q.where = q.where[:100]
		}
		p = &q
	}
	e.counts.errors.Add(1, "kind", http.StatusText(p.status))
	if e.status != 0 {
		e.Write(p.json())
		e.within(0) // the client may never stop sending
		return
	}
	if p.status == http.StatusServiceUnavailable {
		e.w.Header().Set("Retry-After", "1")
	}
	if e.r.Method == http.MethodPost {
		e.w.Header().Set("Connection", "close")
	}
	e.reply(p.status, "application/json", p.json())
}

// client names the client in the log.
func (e *exchange) client() string { return "client " + e.r.RemoteAddr }

// reads reports whether the body has that media type.
func (e *exchange) reads(contentType string) bool {
	return strings.HasPrefix(e.r.Header.Get("Content-Type"), contentType)
}

// writesCSV reports whether the client asks for CSV.
func (e *exchange) writesCSV() bool { return strings.Contains(e.r.Header.Get("Accept"), "text/csv") }
