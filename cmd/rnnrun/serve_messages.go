package main

import (
	"bytes"
	"strings"
)

const mostLogged = 10 // most messages for a connection or a request

// messages logs what a converter reports for a connection or a request, up to a limit.
type messages struct {
	*server
	of     string // name of the connection or request
	first  string
	logged int
}

func (m *messages) Write(b []byte) (int, error) {
	text := string(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("rnnrun: "))))
	if m.logged++; m.logged == 1 {
		m.first = text
	}
	switch {
	case m.logged < mostLogged:
		m.log("rnnrun: %s: %s", m.of, text)
	case m.logged == mostLogged:
		m.log("rnnrun: %s: %s; further messages are not logged", m.of, text)
	}
	return len(b), nil
}

// where returns the place and the text of the first message.
func (m *messages) where() (where, what string) {
	where, what, found := strings.Cut(m.first, ": ")
	if !found {
		return "", m.first
	}
	return where, what
}
