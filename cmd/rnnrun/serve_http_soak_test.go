//go:build !nohttp

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// goOn goes on with a named stream over a connection of its own: it sends the lines after
// the answers that it has, reads until it has so many, and breaks off.
func (s *served) goOn(name string, lines, answers []string, until int) ([]string, error) {
	ctx, kill := context.WithCancel(context.Background())
	defer kill()
	r, err := http.NewRequestWithContext(ctx, "POST", fmt.Sprintf("http://%s/v1/streams/%s?from=%d", s.address, name, len(answers)), strings.NewReader(strings.Join(lines[len(answers):], "")))
	if err != nil {
		return answers, err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return answers, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return answers, fmt.Errorf("status %d", answer.StatusCode)
	}
	in := bufio.NewReader(answer.Body)
	for len(answers) < until {
		line, err := in.ReadString('\n')
		if err != nil || strings.HasPrefix(line, `{"error"`) {
			return answers, err
		}
		answers = append(answers, line)
	}
	return answers, nil
}

// forget deletes a stream.
func (s *served) forget(name string) error {
	r, err := http.NewRequest("DELETE", "http://"+s.address+"/v1/streams/"+name, nil)
	if err != nil {
		return err
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); answer.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("status %d", answer.StatusCode))
	}
	return nil
}

// Named streams of many clients of HTTP, which are killed and come again, have the answers
// of streams that nothing has ended, among clients that mean no good, and the server's
// memory stays as it is.
func TestHTTPManyStreams(t *testing.T) {
	clients := 200
	if testing.Short() {
		clients = 20
	} else if *soak > 0 {
		clients = 1000
	}
	k := tasks()[0]
	path := save(t, k.d)
	s := serveHTTP(t, path, func(v *serving, _ *server) { v.streams = 1 << 30 })
	const steps = 30
	lines := strings.SplitAfter(csv(k.sequence(steps, 1), k.width()), "\n")[:steps]
	want := strings.SplitAfter(steppedAs(printed(t, strings.Join(lines, ""), "run", "-m", path, "--json")), "\n")[:steps]
	hostile := []string{"", "POST /v1/stream HTTP/1.1\r\nHost: x\r\n", "POST /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n1,", "\x00\r\n\r\n"}
	s.soak(clients, hostile, func(name string, random *rand.Rand) error {
		var answers []string
		for tries := 0; len(answers) < steps && tries < 1000; tries++ {
			until := min(len(answers)+1+random.IntN(2*steps), steps)
			answers, _ = s.goOn(name, lines, answers, until)
		}
		if got := strings.Join(answers, ""); got != strings.Join(want, "") {
			return fmt.Errorf("%s: %q", name, got)
		}
		return s.forget(name)
	}, func(int) {})
}
