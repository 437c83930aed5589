package main

import "sync/atomic"

// A holder is the connection or request that has a named stream: at most one at a time.
type holder struct {
	leave func()        // tells it to leave
	gone  chan struct{} // closed when it has left
	lines atomic.Uint64 // lines of the stream that have been answered
}

// hold gives a named stream to a new holder, after the old one has left.
func (s *server) hold(name string, leave func()) *holder {
	h := &holder{leave: leave, gone: make(chan struct{})}
	for {
		s.mu.Lock()
		older := s.held[name]
		if older == nil {
			s.held[name] = h
			s.mu.Unlock()
			return h
		}
		s.mu.Unlock()
		older.leave()
		<-older.gone
	}
}

// release gives a named stream back.
func (s *server) release(name string, h *holder) {
	s.mu.Lock()
	delete(s.held, name)
	s.mu.Unlock()
	close(h.gone)
}
