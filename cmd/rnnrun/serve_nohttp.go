//go:build nohttp

package main

import "github.com/rnnrun/rnnrun/internal/cli"

const serveHTTPHelp = `This program was built without HTTP (tag nohttp).

`

// sumOf is only for HTTP.
func sumOf([]byte) string { return "" }

// A webServer answers HTTP in other builds.
type webServer struct{}

func newWebServer(*server) (*webServer, error) {
	return nil, cli.Usagef("this program was built without HTTP: build it without the tag nohttp, or give --listen")
}

func (*webServer) serve(door) {}
func (*webServer) end()       {}
