package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// rnnrun is the command that the answers are compared with.
var rnnrun string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	rnnrun = filepath.Join(folder, "rnnrun.exe")
	if out, err := exec.Command("go", "build", "-C", "..", "-o", rnnrun, "./cmd/rnnrun").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// A done is what a job has written.
type done struct{ answers, dead, stdout, stderr string }

// scored runs a job with these flags on prism.
func scored(t *testing.T, flags ...string) done {
	t.Helper()
	out := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(append(flags, "--output", out, "--log", "off"), nil, &stdout, &stderr)
	require.Zero(t, code, stderr.String())
	return done{gathered(t, out, "answers*.jsonl"), gathered(t, out, "dead-letters.jsonl"), stdout.String(), stderr.String()}
}

// gathered returns the contents of files.
func gathered(t *testing.T, folder, pattern string) (all string) {
	names, err := filepath.Glob(filepath.Join(folder, pattern))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		all += string(data)
	}
	return all
}

// answered returns the lines that rnnrun prints for a file, each with the file before it as in
// the answers of a job, and the reasons that it prints for what it cannot read.
func answered(t *testing.T, file, stdin string, args ...string) (answers, reasons []string) {
	t.Helper()
	c := exec.Command(rnnrun, args...)
	c.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		require.IsType(t, new(exec.ExitError), err)
		require.Equal(t, 1, c.ProcessState.ExitCode(), stderr.String())
	}
	for line := range strings.Lines(stdout.String()) {
		answers = append(answers, fmt.Sprintf(`{"file":%q,%s`, file, strings.TrimPrefix(line, "{")))
	}
	for line := range strings.Lines(stderr.String()) {
		if !strings.Contains(line, "could not be read") { // how many it were
			reasons = append(reasons, strings.TrimSuffix(strings.TrimPrefix(line, "rnnrun: "), "\n"))
		}
	}
	return answers, reasons
}

func lines(text string) []string { return slices.Collect(strings.Lines(text)) }

// reasons returns those of dead letters, which are all of a file.
func reasons(t *testing.T, file, dead string) (list []string) {
	for line := range strings.Lines(dead) {
		begin := fmt.Sprintf(`{"file":%q,"row":`, file)
		require.True(t, strings.HasPrefix(line, begin), line)
		_, reason, ok := strings.Cut(strings.TrimSuffix(line, "}\n"), `,"reason":`)
		require.True(t, ok)
		text, err := strconv.Unquote(reason)
		require.NoError(t, err)
		list = append(list, text)
	}
	return list
}

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// A review is a row of texts.
type review struct {
	ID   int64   `parquet:"id"`
	Text *string `parquet:"text,optional"`
}

var reviews = []string{"이 영화 정말 재미있어요", "지루하고 길다", "", "ㅋㅋㅋㅋ 또 보고 싶다!!", `그는 "최고", 라고 했다`, strings.Repeat("좋아요 ", 300), "최악"}

// The lines of a file are answered as 'rnnrun classify --json' answers them, and those that it
// refuses are dead letters, with its words.
func TestLinesAreClassifiedAsByTheCommand(t *testing.T) {
	bad := slices.Insert(slices.Clone(reviews), 2, "\xff\xfe", strings.Repeat("가", 1<<19))
	text := strings.Join(bad, "\n")
	path := write(t, "reviews.txt", text)
	want, refused := answered(t, path, text, "classify", "--json", "--max-tokens", "20", "-")
	require.Contains(t, strings.Join(refused, "\n"), "line 3: the text is not UTF-8")
	require.Contains(t, strings.Join(refused, "\n"), "line 4: the line has more than 1 MiB")
	require.Contains(t, refused[len(refused)-1], "more than --max-tokens 20")
	var kept []string
	for i, line := range want {
		number := fmt.Sprintf("line %d: ", i+1)
		if !slices.ContainsFunc(refused, func(reason string) bool { return strings.HasPrefix(reason, number) }) {
			kept = append(kept, strings.Replace(line, `"label"`, fmt.Sprintf(`"line":%d,"label"`, i+1), 1))
		}
	}
	for _, flags := range [][]string{nil, {"--batch", "1"}, {"--batch", "3", "--spread", "--threads", "2"}} {
		got := scored(t, append(flags, "--input", path, "--max-tokens", "20")...)
		require.Equal(t, kept, lines(got.answers), flags)
		require.Equal(t, refused, reasons(t, path, got.dead))
		require.True(t, strings.HasPrefix(got.stdout, fmt.Sprintf("%d records, ", len(kept))), got.stdout)
		require.Contains(t, got.stdout, fmt.Sprintf(", %d dead letters in ", len(refused)))
		require.Empty(t, got.stderr)
	}
}

// A text has the same answer in a line, in a column of CSV, in a JSON object and in a row of
// Parquet.
func TestTextsOfColumns(t *testing.T) {
	var table, objects strings.Builder
	table.WriteString("id,text\n")
	var rows []review
	for i, text := range reviews {
		quoted := `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		fmt.Fprintf(&table, "%d,%s\n", i, quoted)
		fmt.Fprintf(&objects, "{\"id\":%d,\"text\":%q}\n", i, text)
		rows = append(rows, review{int64(i), &text})
	}
	table.WriteString("7,too,many\n")
	objects.WriteString("{\"id\":8}\n[1]\n")
	rows = append(rows, review{ID: 7})
	var parquetFile bytes.Buffer
	require.NoError(t, parquet.Write(&parquetFile, rows))
	want, _ := answered(t, "", strings.Join(reviews, "\n"), "classify", "--json", "-")
	for _, c := range []struct {
		name, content string
		header        int // lines before the first text
		dead          []string
	}{
		{"reviews.csv", table.String(), 1, []string{"line 9: 3 columns on the line, but the first line has 2"}},
		{"reviews.jsonl", objects.String(), 0, []string{
			"line 8: the object has no string member \"text\"",
			"line 9: not a JSON object: json: cannot unmarshal array into Go value of type map[string]json.RawMessage"}},
		{"reviews.parquet", parquetFile.String(), 0, []string{"line 8: the object has no string member \"text\""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.name, c.content)
			got := scored(t, "--input", path, "--text", "text")
			var expected []string
			for i, line := range want {
				line = strings.Replace(line, `"file":""`, fmt.Sprintf(`"file":%q`, path), 1)
				expected = append(expected, strings.Replace(line, `"label"`, fmt.Sprintf(`"line":%d,"label"`, i+1+c.header), 1))
			}
			require.Equal(t, expected, lines(got.answers))
			require.Equal(t, c.dead, reasons(t, path, got.dead))
		})
	}
}

// models are of each kind that runs sequences of numbers or of tokens.
func models() map[string]*format.Model {
	spec := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 8, Outputs: 2, Seed: 4}
	with := func(change func(*modeltest.Spec)) *format.Model {
		s := spec
		change(&s)
		d := s.Model()
		if s.Tokens == 0 {
			d.Data = &format.Data{Columns: []string{"x", "y"}}
		}
		return d
	}
	return map[string]*format.Model{
		"each step":     with(func(*modeltest.Spec) {}),
		"bidirectional": with(func(s *modeltest.Spec) { s.Bidirectional = true }),
		"one answer":    with(func(s *modeltest.Spec) { s.Pool = format.PoolLast }),
		"classes": with(func(s *modeltest.Spec) {
			s.Task, s.Output, s.Pool = format.TaskClassify, format.OutputSoftmax, format.PoolMean
		}),
		"tokens":             with(func(s *modeltest.Spec) { s.Tokens = 9 }),
		"tokens, one answer": with(func(s *modeltest.Spec) { s.Tokens, s.Pool = 9, format.PoolLast }),
	}
}

// A form is a file of sequences, and the flags with which it is read.
type form struct {
	name, content string
	flags         []string
}

// forms are those that a model reads: several sequences, with steps and lines that cannot be
// read.
func forms(d *format.Model) []form {
	if d.Embedding != nil {
		return []form{
			{"a.csv", "1\n2\n3\n\n8\n0\nx\n9\n7\n\n4\n", nil},
			{"a.jsonl", "[1,2,3]\n[0]\n[8,7,9,6]\n[]\nnull\n[5,5,5,5,5,5]\n", nil},
		}
	}
	var long strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&long, "%d,%g,%g,s%d\n", i, float32(i%11)/7, float32(i%13)/9, i%5)
	}
	list := []form{
		{"a.csv", "0.1,0.2\n0.3,0.4\n\n1,2\nx,3\nNaN,1\n1e39,1\n3,4\n1,2,3\n5,6\n\n7,8\n", nil},
		{"named.csv", "t,y,x\n10:00,1,2\n10:01,a,4\n10:02,5,6\n", []string{"--keep", "t"}},
		{"a.jsonl", "[[0.1,0.2],[0.3,0.4]]\n[[1,2]]\n[[1,2],[3]]\n[[1,null],[3,4]]\n[]\n[[]]\nnull\n{\n[[5,6],[7,8],[9,10]]\n", nil},
		{"ids.jsonl", `{"id":"a","inputs":[[1,2],[3,4]]}` + "\n" + `{"id":"b","inputs":[]}` + "\n" + `{"id":"c","inputs":[[1e40,2],[5,6]]}` + "\n", []string{"--keep", "id"}},
		{"objects.jsonl", `{"x":1,"y":2,"t":"a"}` + "\n" + `{"x":3,"t":"b"}` + "\n" + `{"x":5,"y":6,"t":"c"}` + "\n", []string{"--keep", "all"}},
	}
	if d.Bidirectional() && d.Pool == 0 {
		return list // the command refuses groups of such a model
	}
	return append(list, form{"groups.csv", "t,x,y,s\n" + long.String() + "9,?,1,s3\n", []string{"--group", "s", "--keep", "t,s"}})
}

// Sequences are run as 'rnnrun run --json' runs them: each output has the same bits, and each
// step that cannot be read is a dead letter with its words.
func TestSequencesAreRunAsByTheCommand(t *testing.T) {
	for name, d := range models() {
		t.Run(name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			require.NoError(t, format.WriteFile(model, d))
			for _, f := range forms(d) {
				t.Run(f.name, func(t *testing.T) {
					path := write(t, f.name, f.content)
					args := append([]string{"run", "--json", "-m", model, "-i", path}, f.flags...)
					want, refused := answered(t, path, "", args...)
					require.NotEmpty(t, want)
					require.NotEmpty(t, refused)
					for _, flags := range [][]string{nil, {"--batch", "1"}, {"--spread", "--shards", "3"}} {
						got := scored(t, append(append(flags, "-m", model, "--input", path), f.flags...)...)
						require.ElementsMatch(t, want, lines(got.answers), flags)
						require.ElementsMatch(t, refused, reasons(t, path, got.dead), flags)
					}
				})
			}
		})
	}
}

// A row of Parquet is a sequence, as the line of JSON is that says the same.
func TestRowsOfParquetAreSequences(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(model, models()["each step"]))
	schema := parquet.NewSchema("row", parquet.Group{"id": parquet.String(),
		"inputs": parquet.Optional(parquet.List(parquet.Optional(parquet.List(parquet.Optional(parquet.Leaf(parquet.DoubleType))))))})
	var file bytes.Buffer
	w := parquet.NewWriter(&file, schema)
	var objects strings.Builder
	for i, inputs := range []string{
		"[[0.1,0.2],[0.3,1e-40]]", "[[1.00000017881393432617187500,2]]", // in the middle between two float32
		"[]", "null", "[[]]", "[null]", "[[],[1,2]]", "[[1,2],[]]", "[[1,2],null,[3,4]]", "[[1,null],[3,4]]", "[[null,null]]", "[[1],[2,3]]", "[[1e+40,1],[2,2]]", "[[5,6],[7,8],[9,10]]",
	} {
		id := fmt.Sprint("row ", i)
		fmt.Fprintf(&objects, "{\"id\":%q,\"inputs\":%s}\n", id, inputs)
		var steps *[]*[]*float64
		require.NoError(t, json.Unmarshal([]byte(inputs), &steps))
		_, err := w.WriteRows([]parquet.Row{append(parquet.Row{parquet.ValueOf(id).Level(0, 0, 0)}, deconstructed(steps)...)})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	path, text := write(t, "a.parquet", file.String()), write(t, "a.jsonl", objects.String())
	want, refused := answered(t, path, "", "run", "--json", "-m", model, "-i", text, "--keep", "id")
	for i := range refused {
		refused[i] = strings.Replace(refused[i], text, path, 1)
	}
	require.Contains(t, strings.Join(refused, "\n"), ", line 5, step 0: wrong number of numbers in a step: ")
	got := scored(t, "-m", model, "--input", path, "--keep", "id")
	require.Equal(t, want, lines(got.answers))
	require.ElementsMatch(t, refused, reasons(t, path, got.dead))

	broken := write(t, "broken.parquet", file.String()[:file.Len()/2])
	got = scored(t, "-m", model, "--input", broken)
	require.Empty(t, got.answers)
	require.Contains(t, reasons(t, broken, got.dead)[0], "not a valid Parquet file")
}

// deconstructed returns the values of a list of lists of numbers as Parquet stores them, in column 1:
// with how deep each is repeated and defined.
func deconstructed(steps *[]*[]*float64) (values []parquet.Value) {
	null := func(repetition, definition int) {
		values = append(values, parquet.Value{}.Level(repetition, definition, 1))
	}
	if steps == nil || len(*steps) == 0 {
		definition := 0
		if steps != nil {
			definition = 1
		}
		null(0, definition)
	} else {
		for i, step := range *steps {
			repetition := min(i, 1)
			if step == nil || len(*step) == 0 {
				definition := 2
				if step != nil {
					definition = 3
				}
				null(repetition, definition)
				continue
			}
			for k, number := range *step {
				if k > 0 {
					repetition = 2
				}
				if number == nil {
					null(repetition, 4)
				} else {
					values = append(values, parquet.ValueOf(*number).Level(repetition, 5, 1))
				}
			}
		}
	}
	return values
}

// Many files are scored at once, into the same bytes however they are spread.
func TestAFolder(t *testing.T) {
	folder := t.TempDir()
	var want []string
	for i := range 20 {
		path := filepath.Join(folder, fmt.Sprintf("%02d.txt", i))
		text := strings.Join(reviews[i%3:], "\n") + "\n"
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		answers, _ := answered(t, path, text, "classify", "--json", "-")
		for n, line := range answers {
			want = append(want, strings.Replace(line, `"label"`, fmt.Sprintf(`"line":%d,"label"`, n+1), 1))
		}
	}
	for _, flags := range [][]string{nil, {"--spread"}, {"--json"}} {
		got := scored(t, append(flags, "--input", folder)...)
		require.Equal(t, want, lines(got.answers))
		require.Empty(t, got.dead)
		if len(flags) > 0 && flags[0] == "--json" {
			require.Regexp(t, `^\{"records":121,"steps":\d+,"dead_letters":0,"seconds":[0-9.e-]+,"answers":\[".*answers.jsonl"\],"dead_letter_files":\[".*dead-letters.jsonl"\]\}\n$`, got.stdout)
		}
	}
}
