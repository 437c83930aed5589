package main

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A server has the connections and streams that are open.
type server struct {
	*serving
	m       *rnn.Model
	sum     string // SHA-256 of the model's file
	kept    shelf  // states of named streams
	counts  counts
	batcher *batcher // runs the streams' steps; nil: each stream runs its own

	wait   time.Duration // for a client that does not read, or for a body that is read as a whole
	header time.Duration // for the header of a request
	grace  time.Duration // for open requests when the server shuts down

	answer int // most bytes in the answer to a request that has one answer

	logs io.Writer
	mu   sync.Mutex // guards the fields below, and logs
	next int        // number of the next connection
	seen connections
	open map[ender]bool     // what is being answered
	held map[string]*holder // holders of named streams
	over bool               // the server is shutting down
	done sync.WaitGroup
}

// An ender is a stream that, when the server shuts down, answers the lines that have
// arrived and ends.
type ender interface{ end() }

func newServer(v *serving, m *rnn.Model, logs io.Writer) *server {
	s := &server{serving: v, m: m, batcher: newBatcher(m), wait: 30 * time.Second, header: 10 * time.Second, grace: 10 * time.Second, answer: 16 << 20, logs: logs,
		open: map[ender]bool{}, held: map[string]*holder{}, seen: connections{}}
	s.counts.begun = time.Now()
	return s
}

func (s *server) log(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.logs, format+"\n", args...)
}

// accept begins to answer a connection, unless there are too many.
func (s *server) accept(conn net.Conn) {
	number, leave, err := s.enter(conn)
	if err != nil {
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(conn, "#error: %v\n", err)
		conn.Close()
		return
	}
	c := &connection{server: s, conn: conn, number: number}
	if !s.begin(c) {
		leave()
		conn.Close()
		return
	}
	go func() {
		defer s.finish(c)
		defer leave()
		c.serve()
	}()
}

// begin registers an open stream, unless the server is shutting down.
func (s *server) begin(e ender) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.open[e] = true
	s.done.Add(1)
	return true
}

// finish unregisters a stream.
func (s *server) finish(e ender) {
	s.mu.Lock()
	delete(s.open, e)
	s.mu.Unlock()
	s.done.Done()
}

// end ends every stream after the lines that have arrived, and waits for them.
func (s *server) end() {
	s.mu.Lock()
	s.over = true
	for e := range s.open {
		e.end()
	}
	s.mu.Unlock()
	s.done.Wait()
}
