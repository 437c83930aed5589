package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// A door is an address at which a server listens.
type door struct {
	net.Listener
	address string
	http    bool
}

// doors listens at all addresses.
func (v *serving) doors() (list []door, err error) {
	if list, err = inherited(); err != nil {
		return nil, err
	}
	for _, d := range []door{{address: v.listen}, {address: v.http, http: true}} {
		if d.address == "" {
			continue
		}
		if d.Listener, err = listen(d.address); err != nil {
			for _, d := range list {
				d.Close()
			}
			return nil, err
		}
		list = append(list, d)
	}
	if len(list) == 0 {
		return nil, errors.New("systemd has no sockets for this process: give --listen or --http")
	}
	return list, nil
}

// listen listens at an address. It replaces a socket file that no process listens on.
func listen(address string) (net.Listener, error) {
	path, unix := strings.CutPrefix(address, "unix:")
	if !unix {
		return net.Listen("tcp", address)
	}
	l, err := net.Listen("unix", path)
	if info, failed := os.Stat(path); err != nil && failed == nil && info.Mode()&os.ModeSocket != 0 {
		if c, dead := net.Dial("unix", path); dead == nil {
			c.Close()
			return nil, fmt.Errorf("%s: another process listens there: stop it, or give another address", address)
		}
		if os.Remove(path) == nil {
			return net.Listen("unix", path)
		}
	}
	return l, err
}

// serve answers at all doors until the context ends.
func (s *server) serve(ctx context.Context, doors ...door) error {
	if s.kept == nil {
		s.kept = s.shelf()
	}
	var web *webServer
	for _, d := range doors {
		if d.http && web == nil {
			var err error
			if web, err = newWebServer(s); err != nil {
				return err
			}
		}
	}
	for _, d := range doors {
		if d.http {
			go web.serve(d)
		} else {
			go s.acceptAll(ctx, d)
		}
		s.log("rnnrun: serving %s at %s", s.model, d.address)
	}
	stopNotes := s.noteManager()
	<-ctx.Done()
	stopNotes()
	for _, d := range doors {
		d.Close()
	}
	s.end()
	if web != nil {
		web.end()
	}
	return nil
}

// acceptAll answers connections of lines until the context ends.
func (s *server) acceptAll(ctx context.Context, l net.Listener) {
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return
		case err != nil: // too many open files, for instance
			s.log("rnnrun: %v", err)
			time.Sleep(100 * time.Millisecond)
		default:
			s.accept(conn)
		}
	}
}
