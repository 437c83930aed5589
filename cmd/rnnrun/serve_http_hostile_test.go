//go:build !nohttp

package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// says sends bytes over a connection of its own and returns all that comes back.
func (s *served) says(text string) string {
	c := s.dial()
	io.WriteString(c, text)     // the server may have closed it before the end
	data, _ := io.ReadAll(c.in) // a reset is an end, too
	return string(data)
}

// Of clients that mean no good, each is told so or cut off, and no other notices.
func TestHTTPBoundsHostileClients(t *testing.T) {
	k := tasks()[0]
	line := csv(k.sequence(1, 1), k.width())
	s := serveHTTP(t, save(t, k.d), func(v *serving, s *server) {
		v.idle, s.header, s.wait = time.Second, time.Second, time.Second
	})
	post := "POST /v1/stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	chunk := func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }
	var done sync.WaitGroup
	for _, c := range []struct{ name, sent, want string }{
		{"no header", "", ""},
		{"a header without its end", "POST /v1/predict HTTP/1.1\r\nHost: x\r\n", ""},
		{"garbage", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"a long header", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large"},
		{"a body that does not come", "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n[", `"error":{"what":"the client sent no data or did not read the answers for too long`},
		{"a body that is announced too long", "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", "413 Request Entity Too Large"},
		{"a line that does not come", post + chunk(line), `"error":{"what":"the client sent no data or did not read the answers for too long`},
		{"a line without its end", post + chunk(line+"1,2"), `"error":{"what":"the client sent no data or did not read the answers for too long`},
		{"chunks that are none", post + chunk(line) + "zz\r\n", `"error":{"what":"`},
		{"a stream that is named like a path", "POST /v1/streams/..%2f..%2fetc HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "400 Bad Request"},
	} {
		done.Go(func() { assert.Contains(t, s.says(c.sent), c.want, c.name) })
	}
	done.Wait()
	half := s.dial()
	half.send(post + chunk(line))
	require.NoError(t, half.Conn.(*net.TCPConn).CloseWrite())
	rest, err := io.ReadAll(half.in)
	require.NoError(t, err)
	require.Contains(t, string(rest), `"outputs":`, "a client that is half closed is answered what it sent")
	require.Equal(t, http.StatusOK, s.ask("GET", "/healthz", "").code)
}

// A line that comes byte by byte is no line in time.
func TestServeCutsOffSlowLines(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("the network within WebAssembly has no deadlines")
	}
	k := tasks()[0]
	for name, begin := range map[string]string{"lines": "", "HTTP": "POST /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"} {
		s := serveDoor(t, save(t, k.d), begin != "", func(v *serving, _ *server) { v.idle = 150 * time.Millisecond })
		c := s.dial()
		c.send(begin)
		cut := make(chan error)
		go func() {
			for {
				if _, err := io.WriteString(c, "1"); err != nil {
					cut <- err
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}()
		select {
		case err := <-cut:
			require.Error(t, err)
		case <-time.After(20 * time.Second):
			require.Fail(t, "the client was not cut off", name)
		}
	}
}

// What a client does not read stays bounded by the buffers of its connection.
func TestHTTPLeavesAClientThatDoesNotRead(t *testing.T) {
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), func(_ *serving, s *server) { s.wait = 100 * time.Millisecond })
	c := s.dial()
	c.send("POST /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
	lines := []byte(strings.Repeat(csv(k.sequence(1, 1), k.width()), 1000))
	for {
		if _, err := c.Write(lines); err != nil {
			return // the server has closed the connection
		}
	}
}

func TestServeRefusesMoreConnectionsOfAClient(t *testing.T) {
	k := tasks()[0]
	line := csv(k.sequence(1, 1), k.width())
	with := func(most, each int) func(v *serving, s *server) {
		return func(v *serving, _ *server) { v.connections, v.perClient = most, each }
	}
	s := serveModel(t, save(t, k.d), with(100, 1))
	a := s.dial()
	a.send(line)
	a.line()
	require.Equal(t, "#error: too many connections from this client (1): close one first\n", s.dial().line())
	for _, c := range []struct {
		most, each int
		what       string
	}{{100, 1, "too many connections from this client (1)"}, {1, 0, "too many connections (1): try again later"}} {
		s := serveHTTP(t, save(t, k.d), with(c.most, c.each))
		a := s.dial()
		a.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		a.line()
		answer, err := http.ReadResponse(bufio.NewReader(s.dial()), nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Contains(t, string(body), c.what)
		a.Close()
		require.Eventually(t, func() bool {
			answer, err := http.Get("http://" + s.address + "/healthz")
			if err != nil {
				return false
			}
			answer.Body.Close()
			return answer.StatusCode == http.StatusOK
		}, 10*time.Second, 10*time.Millisecond)
	}
}

// Bodies and answers take bounded memory together, and give it back.
func TestHTTPBoundsItsMemory(t *testing.T) {
	k := tasks()[0]
	step := "[" + strings.TrimSuffix(csv(k.sequence(1, 1), k.width()), "\n") + "]"
	s := serveHTTP(t, save(t, k.d), func(_ *serving, s *server) { s.answer = 1 << 16 })
	big := "[" + strings.Repeat(step+",", 2000) + step + "]"
	got := s.ask("POST", "/v1/predict", big)
	require.Equal(t, http.StatusRequestEntityTooLarge, got.code, got.body[:min(len(got.body), 300)])
	for range 20 {
		require.Equal(t, http.StatusOK, s.ask("POST", "/v1/predict", "["+strings.Repeat(step+",", 500)+step+"]").code)
	}
}

// Many named streams of clients that never come back take no more memory than they may.
func TestHTTPKeepsManyStreams(t *testing.T) {
	streams := 10000
	if testing.Short() {
		streams = 300
	}
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), func(v *serving, _ *server) { v.streams = streams / 2 })
	line := csv(k.sequence(1, 1), k.width())
	refused := 0
	for i := range streams {
		if s.ask("POST", fmt.Sprint("/v1/streams/s", i), line).code == http.StatusServiceUnavailable {
			refused++
		}
	}
	require.Equal(t, streams/2, refused)
	require.Equal(t, http.StatusOK, s.ask("POST", "/v1/streams/s0", line).code, "those that are there go on")
}

// Requests of random bytes are answered or cut off, and the server goes on.
func TestHTTPSurvivesRandomRequests(t *testing.T) {
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), func(v *serving, s *server) { v.idle, s.wait = 50*time.Millisecond, 50*time.Millisecond })
	random := rand.New(rand.NewPCG(1, 2))
	whole := "POST /v1/streams/a?from=0 HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n[1,2,3]\n{\"a\":1}\n1,2,3\n[1e9,2,\"3\"]\n\n\n\n\n\n"
	for range 200 {
		b := []byte(whole)
		for range 1 + random.IntN(4) {
			b[random.IntN(len(b))] = byte(random.Uint32())
		}
		c := s.dial()
		_, err := c.Write(b[:random.IntN(len(b)+1)])
		require.NoError(t, err)
		require.NoError(t, c.Conn.(*net.TCPConn).CloseWrite())
		io.Copy(io.Discard, c.in)
		c.Close()
	}
	require.Equal(t, http.StatusOK, s.ask("GET", "/healthz", "").code)
	require.NotContains(t, s.logs.String(), "goroutine")
}
