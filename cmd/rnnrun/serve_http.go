//go:build !nohttp

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

const serveHTTPHelp = `With --http:

    POST /v1/predict        one request, one answer: a JSON array of steps, each of which is
                            an array, an object of columns or a number (or an array of such
                            sequences); for a model that reads text, a string or an array of
                            strings. The answers are those of --json, in an array
    POST /v1/stream         lines of such steps or texts; each is answered by one line as
                            soon as it arrives. The session lasts for the request
    POST /v1/streams/NAME   the same with a session that the next request continues. With
                            ?from=N the first line is line N+1 of the stream; lines that
                            were answered before get the same answers again
    GET, DELETE             the same path: number of lines answered; forget the stream
    GET /v1/model           inputs, outputs, labels, SHA-256
    GET /healthz, /metrics  health, and metrics for Prometheus

text/csv and text/plain are read, too, and CSV is written for Accept: text/csv. An error
is {"error":{"what":…,"where":…,"do":…}}, in a stream as its last line.

`

const headerBytes = 16 << 10 // most bytes in the header of a request

// A webServer answers HTTP.
type webServer struct {
	*server
	http     *http.Server
	sessions chan *rnn.Session // for whole sequences, which limits how many are run at once
	texts    chan responder    // the same for texts; nil: the model does not read texts
	room     budget            // for bodies and answers in memory
	ending   atomic.Bool
}

func newWebServer(s *server) (*webServer, error) {
	w := &webServer{server: s}
	w.room.left.Store(int64(max(budgetBytes, 8*s.body)))
	atOnce := 2 * runtime.GOMAXPROCS(0)
	w.sessions = make(chan *rnn.Session, atOnce)
	for range atOnce {
		w.sessions <- nil // made when it is needed
	}
	w.prepareTexts(atOnce)
	w.http = &http.Server{
		Handler: http.HandlerFunc(w.route), ReadHeaderTimeout: s.header, IdleTimeout: min(s.idle, 2*time.Minute), WriteTimeout: s.wait,
		MaxHeaderBytes: headerBytes, ErrorLog: log.New(io.Discard, "", 0), // broken connections are not worth a message
	}
	return w, nil
}

func (w *webServer) serve(d door) {
	if err := w.http.Serve(&limitedListener{d, w.server}); err != http.ErrServerClosed && !errors.Is(err, net.ErrClosed) {
		w.log("rnnrun: %s: %v", d.address, err)
	}
}

// end ends after the requests that have arrived are answered.
func (w *webServer) end() {
	w.ending.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), w.grace)
	defer cancel()
	if w.http.Shutdown(ctx) != nil {
		w.http.Close()
	}
}

// An endpoint handles the requests for a path.
type endpoint struct {
	name    string // in the metrics
	methods map[string]func(*webServer, *exchange) error
}

var endpoints = map[string]endpoint{
	"/v1/predict": {"predict", map[string]func(*webServer, *exchange) error{"POST": (*webServer).predict}},
	"/v1/stream":  {"stream", map[string]func(*webServer, *exchange) error{"POST": (*webServer).stream}},
	"/v1/streams/": {"streams", map[string]func(*webServer, *exchange) error{
		"POST": (*webServer).goOn, "GET": (*webServer).describeStream, "DELETE": (*webServer).deleteStream}},
	"/v1/model": {"model", map[string]func(*webServer, *exchange) error{"GET": (*webServer).describe}},
	"/healthz":  {"healthz", map[string]func(*webServer, *exchange) error{"GET": (*webServer).health}},
	"/metrics":  {"metrics", map[string]func(*webServer, *exchange) error{"GET": (*webServer).metrics}},
}

// route answers a request, and counts the result.
func (w *webServer) route(rw http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if strings.HasPrefix(path, "/v1/streams/") {
		path = "/v1/streams/"
	}
	p, found := endpoints[path]
	if !found {
		p.name = "other"
	}
	e := newExchange(w.server, rw, r)
	defer func() {
		if bug := recover(); bug != nil {
			w.log("rnnrun: %s %s: %v\n%s", r.Method, p.name, bug, debug.Stack())
			e.fail(&problem{status: http.StatusInternalServerError, what: "internal server error", do: "see the server's log"})
		}
		e.close()
		w.counts.requests.Add(1, "endpoint", p.name, "code", fmt.Sprint(e.status))
	}()
	answer := p.methods[strings.Replace(r.Method, "HEAD", "GET", 1)]
	switch {
	case !found:
		e.fail(&problem{status: http.StatusNotFound, what: "no such path", do: "see 'rnnrun serve --help' for the paths"})
	case answer == nil:
		may := slices.Sorted(maps.Keys(p.methods))
		rw.Header().Set("Allow", strings.Join(may, ", "))
		e.fail(&problem{status: http.StatusMethodNotAllowed, what: "the path does not support this method", do: "use " + strings.Join(may, " or ")})
	default:
		if err := answer(w, e); err != nil {
			e.fail(err)
		}
	}
}

// A limitedListener refuses connections if there are too many.
type limitedListener struct {
	door
	s *server
}

const refusal = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"

func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		_, leave, err := l.s.enter(conn)
		if err == nil {
			return &limitedConn{conn, l.s, leave}, nil
		}
		body := (&problem{what: err.Error(), where: "the connection", do: "try again later"}).json()
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		fmt.Fprintf(conn, refusal, len(body), body)
		conn.Close()
	}
}

// A limitedConn counts its bytes, and reports when it is closed.
type limitedConn struct {
	net.Conn
	s     *server
	leave func()
}

func (c *limitedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.s.counts.in(n)
	return n, err
}

func (c *limitedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.s.counts.out(n)
	return n, err
}

func (c *limitedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// CloseWrite lets a client read the answer to the end before the server closes.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
