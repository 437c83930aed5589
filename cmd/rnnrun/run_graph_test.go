package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A stream is a random model that is a graph, with inputs for it.
type stream struct {
	path   string
	model  *rnn.Model
	steps  int
	inputs [][]float32 // of each input [steps][frames][channels]; tokens, too
}

func randomStream(t *testing.T, seed uint64) *stream {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 4))
	d := modeltest.RandomGraph(r)
	m, err := rnn.New(d)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, d))
	s := &stream{path: path, model: m, steps: 2 + r.IntN(9)}
	for _, in := range m.Inputs() {
		data := make([]float32, s.steps*in.Frames*in.Channels)
		for i := range data {
			if data[i] = 2*r.Float32() - 1; in.Tokens > 0 {
				data[i] = float32(r.IntN(in.Tokens))
			}
		}
		s.inputs = append(s.inputs, data)
	}
	return s
}

// array returns an input as an array of that shape.
func (s *stream) array(i int, shape ...int) npy.Array {
	a := floats(s.model.Inputs()[i].Name, s.inputs[i], shape...)
	if s.model.Inputs()[i].Tokens > 0 {
		a.DType, a.Integers = npy.Int32, int32s(a.Floats)
	}
	return a
}

// file writes an input as an .npy file and returns its path.
func (s *stream) file(t *testing.T, i int, shape ...int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), fmt.Sprint("input", i, ".npy"))
	a := s.array(i, shape...)
	tokens := a.DType == npy.Int32
	if tokens {
		shape = append(slices.Clone(shape), 0)
	}
	require.NoError(t, os.WriteFile(path, []byte(array(t, s.inputs[i], tokens, shape...)), 0o600))
	return path
}

// outputs returns what the library gives at each output.
func (s *stream) outputs(t *testing.T) map[string][]float32 {
	t.Helper()
	var xs []float32
	var tokens []int32
	for step := range s.steps {
		for i, in := range s.model.Inputs() {
			n := in.Frames * in.Channels
			part := s.inputs[i][step*n:][:n]
			if in.Tokens > 0 {
				tokens = append(tokens, int32s(part)...)
			} else {
				xs = append(xs, part...)
			}
		}
	}
	session := s.model.NewSession()
	y, err := session.RunInputs(xs, tokens)
	require.NoError(t, err)
	want, each := map[string][]float32{}, 0
	for _, out := range s.model.Outputs() {
		if !out.Sequence {
			each += out.Frames * out.Channels
		}
	}
	at := 0
	for _, out := range s.model.Outputs() {
		if out.Sequence {
			want[out.Name] = slices.Clone(session.Output(out.Name))
			continue
		}
		for step := range s.steps {
			want[out.Name] = append(want[out.Name], y[step*each+at:][:out.Frames*out.Channels]...)
		}
		at += out.Frames * out.Channels
	}
	return want
}

func graphCount() uint64 {
	if testing.Short() {
		return 12
	}
	return 60
}

// Every input may be an array of an .npz file or a file of its own, and so may every
// output. They are those of the library.
func TestRunOfGraphsHasAnArrayForEachPort(t *testing.T) {
	for seed := range graphCount() {
		s := randomStream(t, seed)
		want := s.outputs(t)
		var list []npy.Array
		files := []string{"run", "-m", s.path}
		for i, in := range s.model.Inputs() {
			whole, flat := []int{s.steps, in.Frames, in.Channels}, []int{s.steps, in.Frames * in.Channels}
			switch {
			case in.Frames > 1:
			case in.Tokens > 0:
				whole, flat = whole[:1], flat[:1]
			default:
				whole = flat
			}
			list = append(list, s.array(i, whole...))
			files = append(files, "-i", in.Name+"="+s.file(t, i, flat...))
		}
		dir := t.TempDir()
		printed(t, "", "run", "-m", s.path, "-i", archive(t, list...), "-o", filepath.Join(dir, "all.npz"))
		for i, out := range s.model.Outputs() {
			files = append(files, "-o", out.Name+"="+filepath.Join(dir, fmt.Sprint(i, ".npy")))
		}
		printed(t, "", files...)

		got := arrays(t, filepath.Join(dir, "all.npz"))
		require.Len(t, got, len(want), seed)
		for i, out := range s.model.Outputs() {
			a := got[out.Name]
			require.Equal(t, csv(want[out.Name], 1), csv(a.Floats, 1), "graph %d, %s", seed, out.Name) // NaN, too
			shape := []int{s.steps, out.Frames * out.Channels}
			if out.Sequence {
				shape = shape[1:]
			}
			require.Equal(t, shape, a.Shape, "graph %d, %s", seed, out.Name)
			data, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i, ".npy")))
			require.NoError(t, err)
			require.Equal(t, array(t, a.Floats, false, shape...), string(data), "graph %d, %s", seed, out.Name)
		}
	}
}

// A stream that ends and goes on by --state-in and --state-out has the same bits.
func TestRunOfGraphsGoesOnFromStates(t *testing.T) {
	seen := 0
	for seed := range graphCount() {
		s := randomStream(t, seed)
		if !s.model.Streamable() || s.model.Pooled() {
			continue
		}
		want := s.outputs(t)
		states, out := filepath.Join(t.TempDir(), "states.npz"), filepath.Join(t.TempDir(), "out.npz")
		got := map[string][]float32{}
		first := s.steps / 2
		for _, part := range [][2]int{{0, first}, {first, s.steps}} {
			var list []npy.Array
			for i, in := range s.model.Inputs() {
				n := in.Frames * in.Channels
				a := s.array(i, part[1]-part[0], n)
				if in.Tokens > 0 && n == 1 {
					a.Shape = a.Shape[:1]
				}
				a.Floats = a.Floats[part[0]*n : part[1]*n]
				if a.Integers != nil {
					a.Integers = a.Integers[part[0]*n : part[1]*n]
				}
				list = append(list, a)
			}
			args := []string{"run", "-m", s.path, "-i", archive(t, list...), "-o", out, "--state-in", states, "--state-out", states}
			o := command("", args...)
			if strings.Contains(o.stderr, "no stateful node") {
				require.Equal(t, 2, o.code)
				b, err := s.model.NewSession().MarshalBinary()
				require.NoError(t, err)
				require.Len(t, b, 28, "graph %d has states", seed)
				got = nil
				break
			}
			require.Zero(t, o.code, o.stderr)
			for name, a := range arrays(t, out) {
				got[name] = append(got[name], a.Floats...)
			}
		}
		if got == nil {
			continue
		}
		for _, out := range s.model.Outputs() {
			if out.Sequence {
				got[out.Name] = got[out.Name][len(got[out.Name])-out.Frames*out.Channels:]
			}
		}
		for name := range want {
			require.Equal(t, csv(want[name], 1), csv(got[name], 1), "graph %d, %s", seed, name)
		}
		seen++
	}
	require.NotZero(t, seen)
}

// halves is a model of two frames of two channels a step, or two tokens, which it gives
// back: numbers and twice them, and what the last frame of the step before was.
func halves(tokens int) *format.Model {
	in := format.Input{Name: "x", Frames: 2, Channels: 2, Tokens: tokens}
	g := &format.Graph{Inputs: []format.Input{in}}
	at := 0
	if tokens > 0 {
		g.Inputs[0].Channels = 1
		table := make([]float32, 2*tokens)
		for i := range table {
			table[i] = float32(i)
		}
		g.Nodes = append(g.Nodes, format.Node{Op: &format.Embedding{Tokens: tokens, Size: 2, Table: table}, Inputs: []int{0}})
		at = 1
	}
	g.Nodes = append(g.Nodes,
		format.Node{Op: &format.Window{Before: 1}, Inputs: []int{at}},
		format.Node{Op: &format.Slice{Axis: format.AxisFrames, Count: 2, Step: 1}, Inputs: []int{at + 1}})
	g.Outputs = []format.Port{{Name: "late", Value: at + 2}}
	m := &format.Model{Graph: g}
	if tokens == 0 {
		m.InputSize = 4
	}
	return m
}

// Rows are steps, or frames if they have as many numbers. The rows of the output are
// then frames, too.
func TestRunReadsStepsOrFrames(t *testing.T) {
	numbers, tokens := save(t, halves(0)), save(t, halves(9))
	xs := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	ys := []float32{0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	ids := []float32{3, 1, 4, 1, 5, 8}
	late := []float32{0, 0, 6, 7, 2, 3, 8, 9, 2, 3, 10, 11}
	for _, c := range []struct {
		name, model, stdin string
		args               []string
		want               string
	}{
		{"steps", numbers, array(t, xs, false, 3, 4), nil, array(t, ys, false, 3, 4)},
		{"steps of frames", numbers, array(t, xs, false, 3, 2, 2), nil, array(t, ys, false, 3, 4)},
		{"frames", numbers, array(t, xs, false, 6, 2), nil, array(t, ys, false, 6, 2)},
		{"sequences of steps", numbers, array(t, xs[:8], false, 2, 1, 4), nil, array(t, append(append([]float32{}, ys[:4]...), 0, 0, 5, 6), false, 2, 1, 4)},
		{"sequences of frames", numbers, array(t, append(append([]float32{}, xs[:8]...), xs[:8]...), false, 2, 4, 2), nil,
			array(t, append(append([]float32{}, ys[:8]...), ys[:8]...), false, 2, 4, 2)},
		{"lengths in frames", numbers, array(t, append(append([]float32{}, xs[:8]...), xs[:8]...), false, 2, 4, 2), []string{"--lengths", "4,2"},
			array(t, append(append([]float32{}, ys[:8]...), 0, 0, 1, 2, 0, 0, 0, 0), false, 2, 4, 2)},
		{"lines of steps", numbers, csv(xs, 4), nil, csv(ys, 4)},
		{"lines of frames", numbers, csv(xs, 2), nil, csv(ys, 2)},
		{"lines of frames, two sequences", numbers, csv(xs[:8], 2) + "\n" + csv(xs[:4], 2), nil, csv(ys[:8], 2) + "\n" + csv(ys[:4], 2)},
		{"lines of frames below names", numbers, "left;right\n" + strings.ReplaceAll(csv(xs, 2), ",", ";"), []string{"--header"}, csv(ys, 2)},
		{"raw", numbers, raw(xs, false), []string{"--raw"}, raw(ys, false)},
		{"tokens", tokens, array(t, ids, true, 6, 0), nil, array(t, late, false, 6, 2)},
		{"steps of tokens", tokens, array(t, ids, true, 3, 2, 0), nil, array(t, late, false, 3, 4)},
		{"sequences of tokens", tokens, array(t, append(append([]float32{}, ids[:4]...), ids[:4]...), true, 2, 4, 0), nil,
			array(t, append(append([]float32{}, late[:8]...), late[:8]...), false, 2, 4, 2)},
		{"lines of tokens", tokens, csv(ids, 1), nil, csv(late, 2)},
		{"lines of steps of tokens", tokens, csv(ids, 2), nil, csv(late, 4)},
		{"raw tokens", tokens, raw(ids, true), []string{"--raw"}, raw(late, false)},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"run", "-m", c.model}, c.args...)...))
		})
	}
}

// A frame that cannot be read makes its step bad: its rows are empty, and the steps
// after it are as if it had not been there.
func TestRunLeavesOutStepsWithABadFrame(t *testing.T) {
	o := command("1,2\n3,4\n5,6\nx,8\nNaN,1\n7\n5,6\n7,8\n", "run", "-m", save(t, halves(0)))
	require.Equal(t, 1, o.code)
	require.Equal(t, "0,0\n1,2\n\n\n\n\n3,4\n5,6\n", o.stdout)
	for _, text := range []string{`line 4: not a number: "x"`, `line 5, column 1: not a finite number`, "skipped 2 steps that could not be read"} {
		require.Contains(t, o.stderr, text)
	}
}

func TestRunOfGraphsRefuses(t *testing.T) {
	numbers, tokens := save(t, halves(0)), save(t, halves(9))
	two := save(t, twoPorts())
	dir := t.TempDir()
	at := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	three, four, word := at("3.csv", "1\n2\n3\n"), at("4.csv", "1\n2\n3\n4\n"), at("w.csv", "1\n2\n3\n")
	for _, c := range []struct {
		name, model, stdin string
		args               []string
		code               int
		text               string
	}{
		{"half a step", numbers, array(t, make([]float32, 6), false, 3, 2), nil, 1, "3 frames, not a multiple of the 2 in a step of the model: pad them, or cut them"},
		{"half a step of lines", numbers, "1,2\n3,4\n5,6\n", nil, 1, "ends after 1 frame of step 1, but a step has 2"},
		{"half a step of tokens", tokens, "1\n2\n3\n", nil, 1, "ends after 1 frame of step 1"},
		{"another shape", numbers, array(t, make([]float32, 9), false, 3, 3), nil, 1, "2 frames of 2 numbers per step: give [T, 2, 2], [T, 4] or [2*T, 2]"},
		{"half a step of lengths", numbers, array(t, make([]float32, 8), false, 4, 2), []string{"--lengths", "3"}, 1, "sequence 0 has 3 frames, not a multiple of the 2 in a step of the model"},
		{"columns of frames", numbers, "a,b\n1,2\n", []string{"--keep", "a"}, 2, "need one step per line"},
		{"no such input", two, "", []string{"-i", "word=" + word, "-i", "y=" + three}, 2, `-i "y=`},
		{"an input left out", two, "", []string{"-i", "word=" + word}, 2, `-i: the model also reads the input "x": give -i x=FILE`},
		{"an input twice", two, "", []string{"-i", "x=" + three, "-i", "x=" + three}, 2, `the input "x" has two files`},
		{"other numbers of steps", two, "", []string{"-i", "word=" + word, "-i", "x=" + four, "-o", filepath.Join(dir, "o.npz")}, 1, "its number of steps differs from the other inputs"},
		{"no such output", two, "", []string{"-i", "word=" + word, "-i", "x=" + three, "-o", "z=" + dir + "/z.npy", "-o", "each=" + dir + "/e.npy"}, 2, "the model has no output with this name"},
		{"outputs of two kinds in one file", two, "1,2\n", nil, 2, "outputs per step and others per sequence, each, last: give -o FILE.npz, or -o NAME=FILE"},
		{"an array too many", two, "", []string{"-i", archive(t, floats("x", xsOnes, 3), floats("y", xsOnes, 3))}, 1, `the array "y" is not an input of the model, whose inputs are word, x`},
		{"an array too few", two, "", []string{"-i", archive(t, floats("x", xsOnes, 3))}, 1, `there is no array for the input "word"`},
		{"floats as tokens", two, "", []string{"-i", archive(t, floats("x", xsOnes, 3), floats("word", xsOnes, 3)), "-o", filepath.Join(dir, "o.npz")}, 1, "save integers"},
		{"a token too great", two, "", []string{"-i", "word=" + four, "-i", "x=" + four, "-o", filepath.Join(dir, "o.npz")}, 1, "token 4 of step 3"},
		{"half a token", two, "0.5,1\n", []string{"-o", filepath.Join(dir, "o.npz")}, 1, "0.5 in step 0 is not a token id"},
		{"raw of numbers and tokens", two, raw(xsOnes, false), []string{"--raw"}, 2, "give each of its inputs a file"},
		{"JSON apart", two, "1,2\n", []string{"-o", filepath.Join(dir, "o.npz"), "--json"}, 2, "--json and --label write one file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command(c.stdin, append([]string{"run", "-m", c.model}, c.args...)...)
			require.Equal(t, c.code, o.code, o.stderr)
			require.Contains(t, o.stderr, c.text)
		})
	}
}

var xsOnes = []float32{1, 1, 1}

// twoPorts is a model that reads a word and a number, and gives their sum at each step
// and that of the last one.
func twoPorts() *format.Model {
	return &format.Model{InputSize: 1, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "word", Frames: 1, Channels: 1, Tokens: 4}, {Name: "x", Frames: 1, Channels: 1}},
		Nodes: []format.Node{
			{Op: &format.Embedding{Tokens: 4, Size: 1, Table: []float32{0, 10, 20, 30}}, Inputs: []int{0}},
			{Op: &format.Binary{Function: format.BinaryAdd}, Inputs: []int{2, 1}},
			{Op: &format.SequencePool{Pool: format.PoolLast}, Inputs: []int{3}},
		},
		Outputs: []format.Port{{Name: "each", Value: 3}, {Name: "last", Value: 4}},
	}}
}

// A step that is bad in one input is left out of all; a sequence of none has no answer.
func TestRunOfTwoInputsLeavesOutBadSteps(t *testing.T) {
	dir := t.TempDir()
	words, numbers := filepath.Join(dir, "w.csv"), filepath.Join(dir, "x.csv")
	require.NoError(t, os.WriteFile(words, []byte("1\n9\n2\n3\n\nx\n"), 0o600))
	require.NoError(t, os.WriteFile(numbers, []byte("1\n2\ny\n4\n\n5\n"), 0o600))
	o := command("", "run", "-m", save(t, twoPorts()), "-i", "word="+words, "-i", "x="+numbers,
		"-o", "each="+filepath.Join(dir, "each.csv"), "-o", "last="+filepath.Join(dir, "last.csv"))
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, "skipped 3 steps that could not be read")
	// An empty line stands for each bad step, and one between the sequences.
	for name, want := range map[string]string{"each.csv": "11\n\n\n34\n\n\n", "last.csv": "34\n\n"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, want, string(got), name)
	}
}

// On a pipe each step is answered before the next one is in, also of several outputs.
func TestRunOfGraphsAnswersEachStep(t *testing.T) {
	d := twoPorts()
	d.Graph.Nodes, d.Graph.Outputs = d.Graph.Nodes[:2], []format.Port{{Name: "each", Value: 3}, {Name: "word", Value: 2}}
	in := make(chan string)
	out := make(written, 8)
	done := make(chan int)
	path := save(t, d)
	go func() { done <- run([]string{"run", "-m", path, "--json"}, channelReader{in}, out, new(bytes.Buffer)) }()
	for i, want := range []string{
		`{"sequence":0,"step":0,"line":1,"outputs":{"each":10.5,"word":10}}` + "\n",
		`{"sequence":0,"step":1,"line":2,"outputs":{"each":30.5,"word":30}}` + "\n",
	} {
		in <- fmt.Sprintf("%d,0.5\n", 1+2*i)
		require.Equal(t, want, <-out)
	}
	close(in)
	require.Zero(t, <-done)
}

type channelReader struct{ texts chan string }

func (c channelReader) Read(b []byte) (int, error) {
	text, ok := <-c.texts
	if !ok {
		return 0, io.EOF
	}
	return copy(b, text), nil
}

type written chan string

func (l written) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}
