package main

import (
	"fmt"
	"net"
	"sync"
)

// connections counts the open connections by client address.
type connections map[string]int

func (c connections) all() (open int) {
	for _, n := range c {
		open += n
	}
	return open
}

// enter counts a connection. It returns its number and a function to call when it is
// closed, or an error if there are too many.
func (s *server) enter(conn net.Conn) (number int, leave func(), err error) {
	client := clientOf(conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	open := s.seen.all()
	switch {
	case open >= s.connections:
		err = fmt.Errorf("too many connections (%d): try again later", open)
	case s.perClient > 0 && client != "" && s.seen[client] >= s.perClient:
		err = fmt.Errorf("too many connections from this client (%d): close one first", s.seen[client])
	}
	if err != nil {
		s.counts.errors.Add(1, "kind", "connections")
		fmt.Fprintf(s.logs, "rnnrun: connection %d: refused: %v\n", s.next, err)
		return s.next, nil, err
	}
	s.seen[client]++
	return s.next, sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.seen[client]--; s.seen[client] == 0 {
			delete(s.seen, client)
		}
	}), nil
}

// connected returns the number of open connections.
func (s *server) connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.all()
}

// clientOf returns the address of a client without its port, or "" if it has none, as on
// a Unix socket.
func clientOf(conn net.Conn) string {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.IP.String()
	}
	return ""
}
