package main

import (
	"bytes"
	"strings"
)

const mostLogged = 10 // messages of a connection or a request

// messages logs what a converter reports of a connection or a request, as far as it is of
// use.
type messages struct {
	*server
	of     string // what they are of
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
		m.log("rnnrun: %s: %s; further messages of it are left out", m.of, text)
	}
	return len(b), nil
}

// where returns where the first of them says that it is, and what is there.
func (m *messages) where() (where, what string) {
	where, what, found := strings.Cut(m.first, ": ")
	if !found {
		return "", m.first
	}
	return where, what
}
