package main

import (
	"fmt"
	"net"
	"sync"
)

// connections counts those that are open, by the clients' addresses.
type connections map[string]int

func (c connections) all() (open int) {
	for _, n := range c {
		open += n
	}
	return open
}

// enter counts a connection and returns its number, and what is to be called when it is
// closed, unless there are too many.
func (s *server) enter(conn net.Conn) (number int, leave func(), err error) {
	client := clientOf(conn)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	open := s.seen.all()
	switch {
	case open >= s.connections:
		err = fmt.Errorf("%d connections are open; come later", open)
	case s.perClient > 0 && client != "" && s.seen[client] >= s.perClient:
		err = fmt.Errorf("%d connections of this client are open; close one first", s.seen[client])
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

// connected returns how many connections are open.
func (s *server) connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.all()
}

// clientOf returns the address of a client without its port; "": it has none, as on a
// Unix socket.
func clientOf(conn net.Conn) string {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.IP.String()
	}
	return ""
}
