package main

import "sync/atomic"

// A holder has a named stream, which one connection or request at a time goes on with.
type holder struct {
	leave func()        // has it go
	gone  chan struct{} // closed when it has gone
	lines atomic.Uint64 // of the stream that have been answered
}

// hold gives a named stream to a newcomer, after the one that has it has gone.
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
