//go:build !nohttp

package main

import (
	"errors"
	"net/http"
	"os"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// A problem is an error for an HTTP client.
type problem struct {
	status          int
	what, where, do string // where and do may be empty
}

func (p *problem) Error() string { return p.what }

// json returns a line with the problem.
func (p *problem) json() []byte {
	o := cli.Object{"what", p.what}
	if p.where != "" {
		o = append(o, "where", p.where)
	}
	if p.do != "" {
		o = append(o, "do", p.do)
	}
	return append(cli.AppendJSON(nil, cli.Object{"error", o}), '\n')
}

// problemOf returns an error as a problem for the client.
func problemOf(err error) *problem {
	var p *problem
	var full *fullError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &full):
		return &problem{http.StatusServiceUnavailable, full.Error(), "the stream", "delete streams that are no longer needed, or start the server with a greater --max-streams"}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &problem{http.StatusRequestTimeout, "the client sent no data or did not read the answers for too long", "the body", "send it faster, and read the answers"}
	}
	return &problem{status: http.StatusUnprocessableEntity, what: err.Error(), do: "correct the input as 'rnnrun serve --help' describes it"}
}
