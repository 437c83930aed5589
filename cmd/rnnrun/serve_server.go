package main

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A server has the connections that are open.
type server struct {
	*serving
	m *rnn.Model

	wait time.Duration // for a client that does not read

	logs io.Writer
	mu   sync.Mutex // of all that follows, and of logs
	next int        // number of the next connection
	open map[*connection]bool
	held map[string]*connection // of named streams
	done sync.WaitGroup
}

func newServer(v *serving, m *rnn.Model, logs io.Writer) *server {
	return &server{serving: v, m: m, wait: 30 * time.Second, logs: logs, open: map[*connection]bool{}, held: map[string]*connection{}}
}

func (s *server) log(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.logs, format+"\n", args...)
}

// accept begins to answer a connection, unless there are too many.
func (s *server) accept(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	if len(s.open) >= s.connections {
		fmt.Fprintf(s.logs, "rnnrun: connection %d: refused, %d are open\n", s.next, len(s.open))
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(conn, "#error: %d connections are open; come later\n", len(s.open))
		conn.Close()
		return
	}
	c := &connection{server: s, conn: conn, number: s.next, gone: make(chan struct{})}
	s.open[c] = true
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		c.serve()
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
	}()
}

// end has every connection answer what is in, and waits for it.
func (s *server) end() {
	s.mu.Lock()
	for c := range s.open {
		c.ending.Store(true)
		c.conn.SetReadDeadline(time.Now())
	}
	s.mu.Unlock()
	s.done.Wait()
}

// hold gives a named stream to a connection, after the one that has it has gone.
func (s *server) hold(name string, c *connection) {
	for {
		s.mu.Lock()
		older := s.held[name]
		if older == nil {
			s.held[name] = c
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		older.conn.Close()
		<-older.gone
	}
}

// leave gives a named stream of a connection back.
func (s *server) leave(name string, c *connection) {
	s.mu.Lock()
	delete(s.held, name)
	s.mu.Unlock()
	close(c.gone)
}
