package main

import (
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/internal/systemd"
)

// inherited returns the doors at which systemd listens for the server. Sockets with http
// in their names are for HTTP.
func inherited() (list []door, err error) {
	sockets, err := systemd.Sockets()
	for _, s := range sockets {
		list = append(list, door{Listener: s, address: s.Addr().String() + ", a socket of systemd", http: strings.Contains(s.Name, "http")})
	}
	return list, err
}

// noteManager tells systemd that the server is ready, and then, if systemd has a watchdog
// for it, that it is still alive. stop tells systemd that the server is stopping.
func (s *server) noteManager() (stop func()) {
	s.tell(systemd.Ready)
	every, err := systemd.Watchdog()
	if err != nil {
		s.log("rnnrun: %v", err)
	}
	ended := make(chan struct{})
	if every > 0 {
		go func() {
			tick := time.NewTicker(every / 3)
			defer tick.Stop()
			for {
				select {
				case <-ended:
					return
				case <-tick.C:
					s.connected() // hangs if the server hangs
					s.tell(systemd.Alive)
				}
			}
		}()
	}
	return func() {
		close(ended)
		s.tell(systemd.Stopping)
	}
}

func (s *server) tell(state systemd.State) {
	if err := systemd.Notify(state); err != nil {
		s.log("rnnrun: could not notify systemd of %s: %v", state, err)
	}
}
