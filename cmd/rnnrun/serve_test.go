package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

var soak = flag.Duration("soak", 0, "how long the streams of TestServeManyStreams and TestHTTPManyStreams last, instead of a moment")

// A served is a server of a test.
type served struct {
	t       *testing.T
	address string
	logs    *lockedBuffer
	stop    func() // as a signal does
	server  *server
}

// A footprint is what the process of a test has in use.
type footprint struct {
	heap        uint64 // bytes
	goroutines  int
	descriptors int // of files; 0: the system does not tell
}

// footprint returns what is in use when all clients have gone.
func (s *served) footprint() footprint {
	require.Eventually(s.t, func() bool { return s.server.connected() == 0 }, time.Minute, 10*time.Millisecond)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	open, _ := os.ReadDir("/proc/self/fd")
	return footprint{m.HeapAlloc, runtime.NumGoroutine(), len(open)}
}

// soak has clients go on with a stream each, all at once, round after round as long as -soak
// says, and once without it, among clients that mean no good and begin with one of the
// texts. after ends a round. What is in use stays what it is after the second round.
func (s *served) soak(clients int, hostile []string, stream func(name string, random *rand.Rand) error, after func(round int)) {
	end := time.Now().Add(*soak)
	var before, last footprint
	round := 0
	for ; round == 0 || time.Now().Before(end); round++ {
		leave := s.meanNoGood(20, hostile)
		var done sync.WaitGroup
		wrong := make(chan error, clients)
		for i := range clients {
			done.Go(func() {
				wrong <- stream(fmt.Sprint("s", round, "-", i), rand.New(rand.NewPCG(uint64(round), uint64(i))))
			})
		}
		done.Wait()
		close(wrong)
		for err := range wrong {
			require.NoError(s.t, err)
		}
		leave()
		after(round)
		if last = s.footprint(); round == 1 {
			before = last
		} else if round > 1 {
			require.Less(s.t, last.heap, 2*before.heap, "round %d", round)
			require.Less(s.t, last.goroutines, before.goroutines+10, "round %d", round)
			require.Less(s.t, last.descriptors, before.descriptors+10, "round %d", round)
		}
	}
	s.t.Logf("%d rounds of %d clients; in use after the second %+v, after the last %+v", round, clients, before, last)
}

// meanNoGood connects clients that send a text each, read nothing, and are there until
// leave is called or the server cuts them off.
func (s *served) meanNoGood(clients int, texts []string) (leave func()) {
	var connected []*client
	var sent sync.WaitGroup
	for i := range clients {
		c := s.connect()
		connected = append(connected, c)
		sent.Go(func() { io.WriteString(c, texts[i%len(texts)]) })
	}
	return func() {
		for _, c := range connected {
			c.Close()
		}
		sent.Wait()
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serveModel answers lines by a model with changed flags until the test ends.
func serveModel(t *testing.T, path string, change func(v *serving, s *server)) *served {
	return serveDoor(t, path, false, change)
}

func serveDoor(t *testing.T, path string, http bool, change func(v *serving, s *server)) *served {
	m, err := rnn.Open(path)
	require.NoError(t, err)
	v := &serving{conversion: conversion{model: path}, connections: 2000, body: 1 << 20, idle: time.Minute, every: time.Hour, streams: 100}
	v.hysteresis.hold = 1
	logs := new(lockedBuffer)
	s := newServer(v, m, logs)
	if change != nil {
		change(v, s)
	}
	require.NoError(t, v.prepare(m))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.serve(ctx, door{Listener: l, address: "test", http: http}) }()
	stop := sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, m.Close())
	})
	t.Cleanup(stop)
	return &served{t, l.Addr().String(), logs, stop, s}
}

// A client sends lines and reads answers.
type client struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func (s *served) dial() *client {
	c := s.connect()
	s.t.Cleanup(func() { c.Close() })
	return c
}

// connect returns a client that the caller closes.
func (s *served) connect() *client {
	conn, err := net.Dial("tcp", s.address)
	require.NoError(s.t, err)
	return &client{s.t, conn, bufio.NewReader(conn)}
}

func (c *client) send(text string) {
	_, err := io.WriteString(c, text)
	require.NoError(c.t, err)
}

func (c *client) line() string {
	line, err := c.in.ReadString('\n')
	require.NoError(c.t, err, line)
	return line
}

// rest sends no more and returns what still comes.
func (c *client) rest() string {
	require.NoError(c.t, c.Conn.(*net.TCPConn).CloseWrite())
	data, err := io.ReadAll(c.in)
	require.NoError(c.t, err)
	return string(data)
}

func TestServeAnswersEachConnectionAsRunDoes(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	s := serveModel(t, path, nil)
	a, b := s.dial(), s.dial()
	first, second := strings.SplitAfter(csv(k.sequence(5, 1), k.width()), "\n"), strings.SplitAfter(csv(k.sequence(5, 2), k.width()), "\n")
	var gotA, gotB string
	for i := range 5 {
		a.send(first[i])
		b.send(second[i])
		gotB += b.line()
		gotA += a.line()
	}
	require.Equal(t, printed(t, strings.Join(first, ""), "run", "-m", path), gotA+a.rest())
	require.Equal(t, printed(t, strings.Join(second, ""), "run", "-m", path), gotB+b.rest())
}

func TestServeWritesObjects(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	s := serveModel(t, path, func(v *serving, _ *server) { v.json = true })
	c := s.dial()
	lines := csv(k.sequence(3, 1), k.width())
	c.send(lines)
	require.Equal(t, printed(t, lines, "run", "-m", path, "--json"), c.rest())
}

// A line that breaks with the connection may be a part of a number.
func TestServeTakesWholeLinesOnly(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	c := serveModel(t, path, nil).dial()
	line := csv(k.sequence(1, 1), k.width())
	c.send(line + strings.TrimSuffix(line, "\n"))
	require.Equal(t, printed(t, line, "run", "-m", path), c.rest())
}

func TestServeReportsWhatItCannotRead(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	line := csv(k.sequence(1, 1), k.width())
	for _, c := range []struct {
		name, stdin, want, logged string
		change                    func(v *serving, s *server)
	}{
		{"a bad line", line + "1,x,3\n", printed(t, line, "run", "-m", path) + "\n#error: skipped 1 step that could not be read\n", "connection 1: stdin, line 2", nil},
		{"a long line", strings.Repeat("1", 2*longestLine+1) + "\n" + line, "\n" + printed(t, line, "run", "-m", path) + "#error: skipped 1 step", "line 1", nil},
		{"an array", "\x93NUMPY\x01\x00\n", "#error: ", "connection 1", nil},
		{"no states", "#stream a 0\n", "#error: the server does not keep named streams: start it with --states\n", "--states", nil},
		{"a name that is a path", "#stream ../a 0\n", "#error: the first line must be '#stream NAME ANSWERS'", "", nil},
		{"no count", "#stream a\n", "#error: the first line must be '#stream NAME ANSWERS'", "", nil},
		{"no end of the first line", "#stream", "#error: the first line is too long or cut off\n", "", nil},
		{"nothing for long", "", "#error: no line arrived for 1ms", "", func(v *serving, _ *server) { v.idle = time.Millisecond }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.stdin == "" && runtime.GOOS == "js" {
				t.Skip("the network within WebAssembly has no deadlines")
			}
			s := serveModel(t, path, c.change)
			client := s.dial()
			client.send(c.stdin)
			var got string
			if c.stdin == "" { // the end of what it sends would end the stream
				all, err := io.ReadAll(client.in)
				require.NoError(t, err)
				got = string(all)
			} else {
				got = client.rest()
			}
			require.Equal(t, c.want, got[:min(len(got), len(c.want))], got)
			s.stop()
			require.Contains(t, s.logs.String(), c.logged)
		})
	}
}

func TestServeRefusesMoreConnectionsThanItMayHave(t *testing.T) {
	k := tasks()[0]
	s := serveModel(t, save(t, k.d), func(v *serving, _ *server) { v.connections = 1 })
	line := csv(k.sequence(1, 1), k.width())
	a := s.dial()
	a.send(line)
	a.line()
	b := s.dial()
	require.Equal(t, "#error: too many connections (1): try again later\n", b.line())
	a.rest()
	require.Eventually(t, func() bool {
		c := s.dial()
		_, err := io.WriteString(c, line)
		answer, failed := c.in.ReadString('\n')
		return err == nil && failed == nil && !strings.HasPrefix(answer, "#")
	}, 10*time.Second, 10*time.Millisecond)
}

// What a client does not read stays bounded by the buffers of its connection.
func TestServeLeavesAClientThatDoesNotRead(t *testing.T) {
	k := tasks()[0]
	s := serveModel(t, save(t, k.d), func(_ *serving, s *server) { s.wait = 100 * time.Millisecond })
	c := s.dial()
	lines := []byte(strings.Repeat(csv(k.sequence(1, 1), k.width()), 1000))
	for {
		if _, err := c.Write(lines); err != nil {
			return // the server has closed the connection
		}
	}
}

func TestServeEndsAfterTheAnswersOfWhatIsIn(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	s := serveModel(t, path, nil)
	c := s.dial()
	line := csv(k.sequence(1, 1), k.width())
	c.send(line)
	require.Equal(t, printed(t, line, "run", "-m", path), c.line())
	s.stop()
	_, err := c.in.ReadByte()
	require.Error(t, err)
}

// resume goes on with a named stream: it sends the lines that the server lacks and reads
// answers until it has so many, or all.
func (s *served) resume(name string, lines, answers []string, until int) []string {
	c := s.connect()
	defer c.Close()
	c.send(fmt.Sprintf("#stream %s %d\n", name, len(answers)))
	var n int
	_, err := fmt.Sscanf(c.line(), "#answers %d\n", &n)
	require.NoError(s.t, err)
	answers = answers[:min(n, len(answers))] // the server may have lost some
	go io.WriteString(c, strings.Join(lines[n:], ""))
	for len(answers) < until {
		answers = append(answers, c.line())
	}
	return answers
}

func TestServeGoesOnWithANamedStream(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	states := filepath.Join(t.TempDir(), "states")
	with := func(v *serving, _ *server) { v.directory = states }
	lines := strings.SplitAfter(csv(k.sequence(40, 1), k.width()), "\n")[:40]
	lines[7] = "no numbers\n"
	o := command(strings.Join(lines, ""), "run", "-m", path)
	want := strings.SplitAfter(o.stdout, "\n")[:40]

	s := serveModel(t, path, with)
	answers := s.resume("kitchen", lines, nil, 4) // and leaves without reading what comes
	require.Equal(t, want[:4], answers)
	answers = s.resume("kitchen", lines, answers, 12)
	require.Equal(t, want[:12], answers)
	s.stop() // the states are saved

	s = serveModel(t, path, with)
	answers = s.resume("kitchen", lines, answers, 20)
	require.Equal(t, want[:20], answers)
	s.resume("hall", lines[1:], nil, 3) // another stream
	s.stop()

	// A server that was killed has the states of an earlier time.
	old := filepath.Join(states, "kitchen.stream")
	before, err := os.ReadFile(old)
	require.NoError(t, err)
	s = serveModel(t, path, with)
	answers = s.resume("kitchen", lines, answers, 40)
	require.Equal(t, want, answers)
	s.stop()
	require.NoError(t, os.WriteFile(old, before, 0o600))
	s = serveModel(t, path, with)
	require.Equal(t, want, s.resume("kitchen", lines, answers, 40))
}

func TestServeRefusesANamedStream(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	states := t.TempDir()
	with := func(v *serving, _ *server) { v.directory = states }
	lines := strings.SplitAfter(csv(k.sequence(600, 1), k.width()), "\n")[:600]
	s := serveModel(t, path, with)
	s.resume("a", lines, nil, 600)
	ask := func(s *served, name string, had int) string {
		c := s.dial()
		c.send(fmt.Sprintf("#stream %s %d\n", name, had))
		return c.line()
	}
	require.Equal(t, "#error: stream a: the client has 3 of 600 answers, but only the last 256 are kept\n", ask(s, "a", 3))
	c := s.dial()
	c.send("#stream b 0\n" + lines[0] + "\n" + lines[1])
	require.Contains(t, c.rest(), "#error: stdin, sequence 1: an empty line begins another sequence, but a named stream is a single one: leave the line out\n")
	s.stop()

	few := serveModel(t, path, func(v *serving, _ *server) { v.directory, v.streams = states, 2 })
	require.Equal(t, "#error: the server already keeps 2 streams, the maximum\n", ask(few, "c", 0))
	require.Equal(t, "#answers 600\n", ask(few, "a", 600))
	few.stop()

	data, err := os.ReadFile(filepath.Join(states, "a.stream"))
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(filepath.Join(states, "a.stream"), data, 0o600))
	require.Equal(t, "#error: stream a: its file is damaged\n", ask(serveModel(t, path, with), "a", 600))
	other := tasks()[0]
	other.d.Head.Bias[0]++
	require.Contains(t, ask(serveModel(t, save(t, other.d), with), "b", 1), "#error: stream b: ")
}

// The newer connection of a stream takes it over from one that the client has left, and
// that the server does not know to be dead.
func TestServeHasANamedStreamTakenOver(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	states := t.TempDir()
	s := serveModel(t, path, func(v *serving, _ *server) { v.directory = states })
	lines := strings.SplitAfter(csv(k.sequence(10, 1), k.width()), "\n")[:10]
	old := s.dial()
	old.send("#stream a 0\n" + lines[0])
	require.Equal(t, "#answers 0\n", old.line())
	want := strings.SplitAfter(printed(t, strings.Join(lines, ""), "run", "-m", path), "\n")[:10]
	require.Equal(t, want[0], old.line())
	require.Equal(t, want, s.resume("a", lines, want[:1], 10))
	_, err := old.in.ReadByte()
	require.Error(t, err)
}

func TestServeRefusesFlags(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	for _, c := range []struct{ args, text string }{
		{"-m " + path, "give an address"},
		{"--listen 127.0.0.1:0", "give a model"},
		{"-m " + path + " --listen x:y:z", "x:y:z"},
		{"-m " + path + " --listen 127.0.0.1:0 --max-connections 0", "--max-connections 0"},
		{"-m " + path + " --listen 127.0.0.1:0 --idle 0s", "--idle"},
		{"-m " + path + " --listen 127.0.0.1:0 --states x --raw", "--states is for lines"},
		{"-m " + path + " --listen 127.0.0.1:0 --states x --keep all", "--keep does not work with --states"},
		{"-m " + save(t, letterClassifier()) + " --listen 127.0.0.1:0 --states x", "named streams need one for every line"},
	} {
		o := command("", append([]string{"serve"}, strings.Fields(c.args)...)...)
		require.NotZero(t, o.code, c.args)
		require.Contains(t, o.stderr, c.text)
	}
}

// Named streams of many clients, which are killed and come again, have the answers of
// streams that nothing has ended, among clients that mean no good, and what the server
// takes stays as it is.
func TestServeManyStreams(t *testing.T) {
	clients := 1000
	if testing.Short() {
		clients = 20
	}
	k := tasks()[0]
	path := save(t, k.d)
	states := t.TempDir()
	s := serveModel(t, path, func(v *serving, _ *server) { v.directory, v.streams = states, 1<<30 })
	const steps = 30
	lines := strings.SplitAfter(csv(k.sequence(steps, 1), k.width()), "\n")[:steps]
	want := strings.SplitAfter(printed(t, strings.Join(lines, ""), "run", "-m", path), "\n")[:steps]
	s.soak(clients, []string{"", lines[0] + "1", "#stream a", "\x93NUMPY\x00", strings.Repeat("1", 2*longestLine), strings.Repeat(lines[0], 1<<20/len(lines[0]))}, func(name string, random *rand.Rand) error {
		var answers []string
		for len(answers) < steps { // each time the connection is killed
			until := min(len(answers)+1+random.IntN(2*steps), steps)
			answers = s.resume(name, lines, answers, until)
		}
		if got := strings.Join(answers, ""); got != strings.Join(want, "") {
			return fmt.Errorf("%s: %q", name, got)
		}
		return nil
	}, func(round int) {
		require.Eventually(t, func() bool {
			list, err := filepath.Glob(filepath.Join(states, fmt.Sprint("s", round, "-*.stream")))
			return err == nil && len(list) == clients
		}, 30*time.Second, 10*time.Millisecond)
		for i := range clients {
			require.NoError(t, os.Remove(filepath.Join(states, fmt.Sprint("s", round, "-", i, ".stream"))))
		}
	})
}
