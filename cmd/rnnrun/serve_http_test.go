//go:build !nohttp

package main

import (
	"bufio"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// serveHTTP answers HTTP by a model with changed flags until the test ends.
func serveHTTP(t *testing.T, path string, change func(v *serving, s *server)) *served {
	if runtime.GOOS == "js" {
		t.Skip("the network within WebAssembly has no deadlines, and Go's client of HTTP uses the browser's")
	}
	return serveDoor(t, path, true, change)
}

// A reply is an answer of HTTP, read whole.
type reply struct {
	code   int
	body   string
	header http.Header
}

// ask makes a request of a method and a path, with headers "Name: value".
func (s *served) ask(method, path, body string, headers ...string) reply {
	r, err := http.NewRequest(method, "http://"+s.address+path, strings.NewReader(body))
	require.NoError(s.t, err)
	for _, h := range headers {
		if name, value, found := strings.Cut(h, ": "); found {
			r.Header.Set(name, value)
		}
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return reply{answer.StatusCode, string(data), answer.Header}
}

// array returns the lines of run --json as an array.
func jsonArray(lines string) string {
	return "[" + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", ",\n") + "]\n"
}

// steps returns lines of CSV as lines of JSON arrays.
func jsonSteps(lines string) string {
	return "[" + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "]\n[") + "]\n"
}

func TestHTTPAnswersARequest(t *testing.T) {
	k, f, a := tasks()[0], forecaster(), activities()
	lines := csv(k.sequence(4, 1), k.width())
	steps := jsonSteps(lines)
	path, named, windows := save(t, k.d), save(t, f.d), save(t, a.d)
	_, table, _ := readings(t, a, 20, 8, 4)
	for _, c := range []struct{ name, model, body, headers, want string }{
		{"arrays", path, "[" + strings.ReplaceAll(strings.TrimSpace(steps), "\n", ",\n ") + "]", "", jsonArray(printed(t, lines, "run", "-m", path, "--json"))},
		{"sequences", path, "[[" + strings.ReplaceAll(strings.TrimSpace(steps), "\n", ",") + "], [" + strings.ReplaceAll(strings.TrimSpace(steps), "\n", ",") + "]]", "",
			jsonArray(printed(t, lines+"\n"+lines, "run", "-m", path, "--json"))},
		{"CSV", path, lines, "Content-Type: text/csv", jsonArray(printed(t, lines, "run", "-m", path, "--json"))},
		{"CSV for CSV", path, lines, "Content-Type: text/csv\nAccept: text/csv", printed(t, lines, "run", "-m", path)},
		{"objects", named, "[{\"ay\":2,\n\"ax\":1},{\"ax\":3,\"ay\":4.5,\"time\":7}]", "", jsonArray(printed(t, "{\"ay\":2,\"ax\":1}\n{\"ax\":3,\"ay\":4.5,\"time\":7}\n", "run", "-m", named, "--json"))},
		{"an object", named, `{"ay":2,"ax":1}`, "", printed(t, "{\"ay\":2,\"ax\":1}\n", "run", "-m", named, "--json")},
		{"windows", windows, table, "Content-Type: text/csv", jsonArray(printed(t, table, "run", "-m", windows, "--json"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serveHTTP(t, c.model, nil)
			got := s.ask("POST", "/v1/predict", c.body, strings.Split(c.headers, "\n")...)
			require.Equal(t, c.want, got.body)
			require.Equal(t, http.StatusOK, got.code)
			require.Equal(t, c.want, s.ask("POST", "/v1/predict", c.body, strings.Split(c.headers, "\n")...).body, "each request is a sequence of its own")
		})
	}
}

func TestHTTPAnswersTexts(t *testing.T) {
	classifier, tagger := save(t, letterClassifier()), save(t, wordTagger())
	s, g := serveHTTP(t, classifier, nil), serveHTTP(t, tagger, nil)
	one := printed(t, "", "classify", "-m", classifier, "--json", "ab")
	two := printed(t, "", "classify", "-m", classifier, "--json", "ab", "ba")
	require.Equal(t, one, s.ask("POST", "/v1/predict", `"ab"`).body)
	require.Equal(t, one, s.ask("POST", "/v1/predict", ` {"text": "ab"} `).body)
	require.Equal(t, one, s.ask("POST", "/v1/predict", "ab\n", "Content-Type: text/plain").body)
	require.Equal(t, jsonArray(two), s.ask("POST", "/v1/predict", `["ab", {"n":1,"text":"b\u0061"}]`).body)
	require.Equal(t, two, s.ask("POST", "/v1/stream", "ab\nba", "Content-Type: text/plain").body)
	require.Equal(t, two, s.ask("POST", "/v1/stream", "\"ab\"\n{\"text\":\"ba\"}\n").body)
	require.Equal(t, printed(t, "", "tag", "-m", tagger, "--json", "they can"), g.ask("POST", "/v1/predict", `"they can"`).body)
	got := s.ask("POST", "/v1/stream", "\"ab\"\n5\n\"ab\"\n"+strings.Repeat("x", 2*longestLine)+"\n\"ab\"\n").body
	empty := "{\"label\":null,\"probability\":null,\"text\":\"\"}\n"
	require.True(t, strings.HasPrefix(got, one+empty+one+empty+one+`{"error":{"what":"2 texts could not be read"`), got)
}

func TestHTTPRefuses(t *testing.T) {
	k := tasks()[0]
	path, texts := save(t, k.d), save(t, letterClassifier())
	for _, c := range []struct {
		name, model, method, path, body string
		code                            int
		where, what                     string
	}{
		{"another path", path, "GET", "/v2/x", "", 404, "GET /v2/x", "no such path"},
		{"another method", path, "GET", "/v1/predict", "", 405, "GET /v1/predict", "the path does not support this method"},
		{"no array", path, "POST", "/v1/predict", "[[1,2,3]", 400, "the body", "the body is not a JSON array of steps"},
		{"nothing", path, "POST", "/v1/predict", "", 400, "the body", "the body is not a JSON array of steps"},
		{"no steps", path, "POST", "/v1/predict", "[]", 422, "the body", "the body has too few steps for an answer"},
		{"a bad step", path, "POST", "/v1/predict", "[[1,2,3],[1,null,3]]", 422, "step 2 of the body", "null"},
		{"too few numbers", path, "POST", "/v1/predict", "[[1,2,3],[1]]", 422, "step 2 of the body", "line 2"},
		{"a long body", path, "POST", "/v1/predict", strings.Repeat(" ", 2000), 413, "the body", "the body has more than 1000 bytes"},
		{"no name", path, "POST", "/v1/streams/a.b", "", 400, "POST /v1/streams/a.b", "invalid name of a stream"},
		{"no number", path, "POST", "/v1/streams/a?from=-1", "", 400, "from", "from is not a number of lines"},
		{"lines that are not yet", path, "POST", "/v1/streams/a?from=5", "1,2,3", 409, "from", "the server has answered 0 lines of the stream, but the body begins after line 5"},
		{"an unknown stream", path, "GET", "/v1/streams/a", "", 404, "GET /v1/streams/a", "there is no stream with this name"},
		{"to delete it", path, "DELETE", "/v1/streams/a", "", 404, "DELETE /v1/streams/a", "there is no stream with this name"},
		{"a stream of a sequence", texts, "POST", "/v1/streams/a", "\"a\"", 400, "POST /v1/streams/a", "the model has one answer per sequence"},
		{"no text", texts, "POST", "/v1/predict", `["a", 5]`, 400, "text 2", "neither a JSON string"},
		{"no texts", texts, "POST", "/v1/predict", `["a"`, 400, "the body", "the body is neither a JSON string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serveHTTP(t, c.model, func(v *serving, _ *server) { v.body = 1000 })
			got := s.ask(c.method, c.path, c.body)
			require.Equal(t, c.code, got.code, got.body)
			require.Contains(t, got.body, `"where":"`+c.where+`"`)
			require.Contains(t, got.body, c.what)
			require.Contains(t, got.body, `"do":"`)
			require.Equal(t, "application/json", got.header.Get("Content-Type"))
		})
	}
}

// A talk is a stream of HTTP whose lines are sent one after the other.
type talk struct {
	t    *testing.T
	send *io.PipeWriter
	in   *bufio.Reader
	code int
	from string // Rnnrun-Lines
}

func (s *served) talk(path string, headers ...string) *talk {
	body, send := io.Pipe()
	r, err := http.NewRequest("POST", "http://"+s.address+path, body)
	require.NoError(s.t, err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { send.Close(); answer.Body.Close() })
	return &talk{s.t, send, bufio.NewReader(answer.Body), answer.StatusCode, answer.Header.Get("Rnnrun-Lines")}
}

func (k *talk) line(send string) string {
	_, err := io.WriteString(k.send, send)
	require.NoError(k.t, err)
	line, err := k.in.ReadString('\n')
	require.NoError(k.t, err, line)
	return line
}

func (k *talk) rest() string {
	k.send.Close()
	data, err := io.ReadAll(k.in)
	require.NoError(k.t, err)
	return string(data)
}

func TestHTTPAnswersEachStreamAsRunDoes(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	s := serveHTTP(t, path, nil)
	a, b := s.talk("/v1/stream"), s.talk("/v1/stream", "Accept: text/csv")
	first, second := strings.SplitAfter(csv(k.sequence(5, 1), k.width()), "\n"), strings.SplitAfter(csv(k.sequence(5, 2), k.width()), "\n")
	var gotA, gotB string
	for i := range 5 {
		gotB += b.line(second[i])
		gotA += a.line(jsonSteps(first[i]))
	}
	require.Equal(t, printed(t, strings.Join(first, ""), "run", "-m", path, "--json"), gotA+a.rest())
	require.Equal(t, printed(t, strings.Join(second, ""), "run", "-m", path), gotB+b.rest())
}

func TestHTTPReportsLinesThatItCannotRead(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	line := csv(k.sequence(1, 1), k.width())
	for _, c := range []struct{ name, body, as, what, where string }{
		{"a bad line", line + "1,x,3\n" + line, line + "1,x,3\n" + line, "skipped 1 step that could not be read", "the body, line 2"},
		{"null", line + "[1,null,3]", line + "1,,3\n", "skipped 1 step that could not be read", "the body, line 2"},
		{"no step", line + "[]", line + "[]\n", "skipped 1 step that could not be read", "the body, line 2"},
		{"a long line", line + strings.Repeat("1", 3*longestLine) + "\n" + line, line + strings.Repeat("1", 3*longestLine) + "\n" + line, "skipped 1 step", "the body, line 2"},
		{"an array", "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }" + strings.Repeat(" ", 58) + "\n" + strings.Repeat("\x00", 12), "", "the stream is an array: send lines", "POST /v1/stream"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serveHTTP(t, path, nil)
			want := ""
			if c.as != "" {
				want = command(c.as, "run", "-m", path, "--json").stdout
			}
			got := s.ask("POST", "/v1/stream", c.body).body
			answers, problem, found := strings.Cut(got, `{"error":{"what":"`+c.what)
			require.True(t, found, got)
			require.Equal(t, want, answers)
			require.Contains(t, problem, `"where":"`+c.where+`"`)
		})
	}
}

// steppedAs returns the answers of run --json as those of a named stream, which count its lines.
func steppedAs(answers string) string {
	var b strings.Builder
	for line := range strings.Lines(answers) {
		before, after, _ := strings.Cut(line, `"line":`)
		_, after, _ = strings.Cut(after, ",")
		b.WriteString(before + after)
	}
	return b.String()
}

func TestHTTPGoesOnWithANamedStream(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	lines := strings.SplitAfter(csv(k.sequence(40, 1), k.width()), "\n")[:40]
	lines[7] = "no numbers\n"
	want := strings.SplitAfter(steppedAs(command(strings.Join(lines, ""), "run", "-m", path, "--json").stdout), "\n")[:40]
	part := func(from, to int) (body, answers string) {
		return strings.Join(lines[from:to], ""), strings.Join(want[from:to], "")
	}
	states := filepath.Join(t.TempDir(), "states")
	for _, directory := range []string{"", states} {
		with := func(v *serving, _ *server) { v.directory = directory }
		s := serveHTTP(t, path, with)
		for _, at := range [][2]int{{0, 3}, {3, 7}} {
			body, answers := part(at[0], at[1])
			require.Equal(t, answers, s.ask("POST", "/v1/streams/kitchen", body).body)
		}
		require.Equal(t, "{\"stream\":\"kitchen\",\"lines\":7,\"open\":false}\n", s.ask("GET", "/v1/streams/kitchen", "").body)
		hall, answers := part(0, 5)
		require.Equal(t, answers, s.ask("POST", "/v1/streams/hall", hall).body, "another stream")
		body, answers := part(7, 20)
		got := s.ask("POST", "/v1/streams/kitchen", body).body
		require.True(t, strings.HasPrefix(got, answers+`{"error":{"what":"skipped 1 step`), got)
		body, answers = part(2, 20)
		require.Equal(t, answers, s.ask("POST", "/v1/streams/kitchen?from=2", body).body, "what was answered is answered the same again")
		body, answers = part(15, 25)
		require.Equal(t, answers, s.ask("POST", "/v1/streams/kitchen?from=15", body).body, "and what was not")
		require.Equal(t, "25", s.ask("POST", "/v1/streams/kitchen", "").header.Get("Rnnrun-Lines"))
		require.Equal(t, http.StatusConflict, s.ask("POST", "/v1/streams/kitchen?from=26", lines[26]).code, "a line is missing")
		s.stop()
		if directory == "" {
			continue
		}
		s = serveHTTP(t, path, with) // a server that was restarted
		body, answers = part(25, 40)
		require.Equal(t, answers, s.ask("POST", "/v1/streams/kitchen?from=25", body).body)
		require.Equal(t, "{\"stream\":\"kitchen\",\"deleted\":true}\n", s.ask("DELETE", "/v1/streams/kitchen", "").body)
		body, answers = part(0, 3)
		require.Equal(t, answers, s.ask("POST", "/v1/streams/kitchen", body).body, "it begins anew")
	}
}

// Answers that are no longer kept cannot be given again.
func TestHTTPRefusesOldLines(t *testing.T) {
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), nil)
	body := csv(k.sequence(replayed+5, 1), k.width())
	s.ask("POST", "/v1/streams/a", body)
	require.Equal(t, http.StatusConflict, s.ask("POST", "/v1/streams/a?from=4", body).code)
	require.Equal(t, http.StatusOK, s.ask("POST", "/v1/streams/a?from=5", "").code)
}

func TestHTTPKeepsStreamsInBoundedMemory(t *testing.T) {
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), func(v *serving, _ *server) { v.streams = 2; v.idle = time.Second })
	line := csv(k.sequence(1, 1), k.width())
	for _, name := range []string{"a", "b"} {
		require.Equal(t, http.StatusOK, s.ask("POST", "/v1/streams/"+name, line).code)
	}
	got := s.ask("POST", "/v1/streams/c", line)
	require.Equal(t, http.StatusServiceUnavailable, got.code, got.body)
	require.Contains(t, got.body, "the server already keeps 2 streams, the maximum")
	require.Equal(t, "1", got.header.Get("Retry-After"))
	require.Eventually(t, func() bool { return s.ask("POST", "/v1/streams/c", line).code == http.StatusOK }, 10*time.Second, 50*time.Millisecond,
		"those that nobody asks for are forgotten")
}

// The newer request takes a stream over.
func TestHTTPHasANamedStreamTakenOver(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	s := serveHTTP(t, path, nil)
	lines := strings.SplitAfter(csv(k.sequence(3, 1), k.width()), "\n")
	want := strings.SplitAfter(steppedAs(printed(t, strings.Join(lines, ""), "run", "-m", path, "--json")), "\n")
	old := s.talk("/v1/streams/a")
	require.Equal(t, want[0], old.line(lines[0]))
	require.Contains(t, s.ask("GET", "/v1/streams/a", "").body, `"lines":1,"open":true`)
	require.Equal(t, want[0]+want[1]+want[2], s.ask("POST", "/v1/streams/a?from=0", strings.Join(lines, "")).body)
	_, err := old.in.ReadString('\n')
	require.Error(t, err)
}

func TestHTTPEndsAfterTheAnswersOfWhatIsIn(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	s := serveHTTP(t, path, func(v *serving, _ *server) { v.directory = filepath.Join(t.TempDir(), "states") })
	lines := strings.SplitAfter(csv(k.sequence(3, 1), k.width()), "\n")
	a, b := s.talk("/v1/streams/a"), s.talk("/v1/stream")
	require.NotEmpty(t, a.line(lines[0]))
	require.NotEmpty(t, b.line(lines[0]))
	s.stop()
	for _, k := range []*talk{a, b} {
		rest, err := io.ReadAll(k.in)
		require.NoError(t, err)
		require.Equal(t, `{"error":{"what":"the server is shutting down","where":"the stream","do":"continue with the line after the last answer when it is back"}}`+"\n", string(rest))
	}
}

func TestHTTPShowsTheModel(t *testing.T) {
	f := forecaster()
	s := serveHTTP(t, save(t, f.d), func(_ *serving, s *server) { s.sum = "abc" })
	got := s.ask("GET", "/v1/model", "").body
	for _, part := range []string{`"sha256":"abc"`, `"task":"regress"`, `"inputs":[{"name":`, `"columns":["ax","ay"]`, `"output_names":["ax+1","ay+1"]`, `"named_streams":true`} {
		require.Contains(t, got, part)
	}
	m := forecaster().d
	m.Task, m.Labels, m.Data = format.TaskTag, []string{"still", "moves"}, nil
	require.Contains(t, serveHTTP(t, save(t, m), nil).ask("GET", "/v1/model", "").body, `"labels":["still","moves"]`)
	require.Equal(t, "{\"status\":\"ok\"}\n", s.ask("GET", "/healthz", "").body)
	require.Equal(t, http.StatusOK, s.ask("HEAD", "/healthz", "").code)
}

func TestHTTPCounts(t *testing.T) {
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), nil)
	s.ask("POST", "/v1/stream", csv(k.sequence(5, 1), k.width()))
	s.ask("POST", "/v1/streams/a", csv(k.sequence(2, 1), k.width()))
	s.ask("POST", "/v1/predict", "")
	got := s.ask("GET", "/metrics", "")
	require.Equal(t, "text/plain; version=0.0.4; charset=utf-8", got.header.Get("Content-Type"))
	for _, line := range []string{
		`rnnrun_requests_total{endpoint="stream",code="200"} 1`, `rnnrun_requests_total{endpoint="predict",code="400"} 1`,
		"rnnrun_step_seconds_count 7", "rnnrun_named_streams 1", "rnnrun_sessions 0", `rnnrun_errors_total{kind="Bad Request"} 1`,
		`rnnrun_bytes_total{direction="in"} `, `rnnrun_step_seconds_bucket{le="+Inf"} 7`,
	} {
		require.Contains(t, got.body, "\n"+line)
	}
	require.Regexp(t, `rnnrun_connections [1-9]`, got.body)
}

func TestServeScoresSteps(t *testing.T) {
	k := watcher()
	path := save(t, k.d)
	lines := strings.SplitAfter("1,2\n3,4.5\nbad\n30,1\n", "\n")[:4]
	all := strings.Join(lines, "")
	with := func(directory string) func(v *serving, _ *server) {
		return func(v *serving, _ *server) { v.anomaly, v.directory = true, directory }
	}
	want := command(all, "run", "-m", path, "--anomaly")
	c := serveModel(t, path, with("")).dial()
	c.send(all)
	require.Equal(t, want.stdout+"#error: skipped 1 step that could not be read\n", c.rest())

	object := command(all, "run", "-m", path, "--anomaly", "--json").stdout
	answers := strings.SplitAfter(steppedAs(object), "\n")
	require.Contains(t, answers[3], `"anomaly":1`)
	states := t.TempDir()
	s := serveHTTP(t, path, with(states))
	got := s.ask("POST", "/v1/stream", all).body
	require.True(t, strings.HasPrefix(got, object+`{"error"`), got)
	require.Equal(t, answers[0]+answers[1], s.ask("POST", "/v1/streams/a", lines[0]+lines[1]).body)
	s.stop()
	s = serveHTTP(t, path, with(states)) // goes on with its scores
	require.Equal(t, answers[1]+answers[2]+answers[3], s.ask("POST", "/v1/streams/a?from=1", lines[1]+lines[2]+lines[3]).body[:len(answers[1]+answers[2]+answers[3])])
	s.stop()
	without := serveHTTP(t, path, func(v *serving, _ *server) { v.directory = states })
	require.Contains(t, without.ask("POST", "/v1/streams/a", lines[0]).body, "another model", "answers of another width")
	require.NotZero(t, command("", "serve", "-m", save(t, forecaster().d), "--listen", "127.0.0.1:0", "--anomaly").code)
}

func TestHTTPAtAUnixSocket(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("there are no Unix sockets")
	}
	address := "unix:" + filepath.Join(t.TempDir(), "s")
	l, err := listen(address)
	require.NoError(t, err)
	_, err = listen(address)
	require.ErrorContains(t, err, "another process listens there")
	require.NoError(t, l.Close())
	l, err = listen(address)
	require.NoError(t, err)
	require.NoError(t, l.Close())
}

// A fault of the server is shutting down neither it nor the log.
func TestHTTPSurvivesAFault(t *testing.T) {
	k := tasks()[0]
	s := serveHTTP(t, save(t, k.d), func(_ *serving, s *server) { s.kept = faulty{} })
	got := s.ask("GET", "/v1/streams/a", "")
	require.Equal(t, http.StatusInternalServerError, got.code)
	require.Contains(t, got.body, `"what":"internal server error"`)
	require.Contains(t, s.logs.String(), "a bug")
	require.Equal(t, http.StatusOK, s.ask("GET", "/healthz", "").code)
}

type faulty struct{ shelf }

func (faulty) load(string) ([]byte, error) { panic("a bug") }
