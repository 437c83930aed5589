//go:build nohttp

package main

import "github.com/rnnrun/rnnrun/internal/cli"

const serveHTTPHelp = `This program was built without HTTP, by the tag nohttp.

`

// sumOf is for HTTP alone.
func sumOf([]byte) string { return "" }

// A webServer would answer HTTP.
type webServer struct{}

func newWebServer(*server) (*webServer, error) {
	return nil, cli.Usagef("this program was built without HTTP: build it without the tag nohttp, or give --listen")
}

func (*webServer) serve(door) {}
func (*webServer) end()       {}
