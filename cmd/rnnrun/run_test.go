package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A task is a kind of model that run runs, with sequences for it.
type task struct {
	name string
	d    *format.Model
}

func tasks() []task {
	spec := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 8, Outputs: 2, Seed: 4}
	with := func(name string, change func(*modeltest.Spec)) task {
		s := spec
		change(&s)
		return task{name, s.Model()}
	}
	return []task{
		with("many to many", func(*modeltest.Spec) {}),
		with("bidirectional", func(s *modeltest.Spec) { s.Bidirectional = true }),
		with("many to one", func(s *modeltest.Spec) { s.Pool = format.PoolLast }),
		with("mean of the steps", func(s *modeltest.Spec) { s.Pool = format.PoolMean }),
		with("bidirectional, many to one", func(s *modeltest.Spec) { s.Bidirectional, s.Pool = true, format.PoolMax }),
		with("tokens", func(s *modeltest.Spec) { s.Tokens = 9 }),
		with("tokens, many to one", func(s *modeltest.Spec) { s.Tokens, s.Pool = 9, format.PoolLast }),
	}
}

// sequence returns the inputs of a sequence: features or tokens.
func (k task) sequence(steps, seed int) []float32 {
	xs := make([]float32, steps*k.width())
	for i := range xs {
		xs[i] = float32((i*7+seed)%9) / 4
		if k.d.Embedding != nil {
			xs[i] *= 4
		}
	}
	return xs
}

func (k task) width() int {
	if k.d.Embedding != nil {
		return 1
	}
	return k.d.InputSize
}

// outputs returns what the library gives for a sequence.
func (k task) outputs(t *testing.T, xs []float32) []float32 {
	m, err := rnn.New(k.d)
	require.NoError(t, err)
	var ys []float32
	if k.d.Embedding != nil {
		ys, err = m.NewSession().RunTokens(int32s(xs))
	} else {
		ys, err = m.NewSession().Run(xs)
	}
	require.NoError(t, err)
	return append([]float32(nil), ys...)
}

func int32s(xs []float32) []int32 {
	tokens := make([]int32, len(xs))
	for i, x := range xs {
		tokens[i] = int32(x)
	}
	return tokens
}

func csv(xs []float32, width int) string {
	var b strings.Builder
	for i, x := range xs {
		b.WriteString(strconv.FormatFloat(float64(x), 'g', -1, 32))
		b.WriteByte(",\n"[map[bool]int{true: 1}[(i+1)%width == 0]])
	}
	return b.String()
}

func raw(xs []float32, tokens bool) string {
	var b []byte
	for _, x := range xs {
		bits := math.Float32bits(x)
		if tokens {
			bits = uint32(int32(x))
		}
		b = binary.LittleEndian.AppendUint32(b, bits)
	}
	return string(b)
}

// array returns a .npy file: of floats, or of integers where the last length
// of the shape is dropped.
func array(t *testing.T, xs []float32, tokens bool, shape ...int) string {
	var b bytes.Buffer
	if tokens {
		w, err := npy.NewWriter(&b, npy.Int32, shape[:len(shape)-1]...)
		require.NoError(t, err)
		require.NoError(t, w.WriteInt32(int32s(xs)))
		require.NoError(t, w.Close())
		return b.String()
	}
	w, err := npy.NewWriter(&b, npy.Float32, shape...)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32(xs))
	require.NoError(t, w.Close())
	return b.String()
}

func TestRunGivesTheLibrarysOutputs(t *testing.T) {
	const steps = 600 // more than are run at once
	for _, k := range tasks() {
		t.Run(k.name, func(t *testing.T) {
			path := save(t, k.d)
			a, b := k.sequence(steps, 0), k.sequence(steps, 5)
			wantA, wantB := k.outputs(t, a), k.outputs(t, b)
			tokens, width := k.d.Embedding != nil, k.width()
			both, wantBoth := append(append([]float32{}, a...), b...), append(append([]float32{}, wantA...), wantB...)
			outputs := k.d.OutputSize()
			shape, batch := []int{steps, outputs}, []int{2, steps, outputs}
			between := "\n"
			if k.d.Pool != format.PoolNone {
				shape, batch = []int{outputs}, []int{2, outputs}
				between = ""
			}

			require.Equal(t, csv(wantA, outputs), printed(t, csv(a, width), "run", "-m", path), "CSV")
			require.Equal(t, csv(wantA, outputs)+between+csv(wantB, outputs),
				printed(t, csv(a, width)+"\n"+csv(b, width), "run", "-m", path), "CSV of two sequences")
			require.Equal(t, csv(wantA, outputs), printed(t, "x\n"+csv(a, width), "run", "-m", path, "--header"), "CSV with a header")
			require.Equal(t, raw(wantA, false), printed(t, raw(a, tokens), "run", "-m", path, "--raw"), "raw")
			require.Equal(t, array(t, wantA, false, shape...),
				printed(t, array(t, a, tokens, steps, width), "run", "-m", path), "array")
			require.Equal(t, array(t, wantBoth, false, batch...),
				printed(t, array(t, both, tokens, 2, steps, width), "run", "-m", path), "array of two sequences")
		})
	}
}

func TestRunReadsAndWritesFiles(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	xs := k.sequence(5, 0)
	want := k.outputs(t, xs)
	inputs := map[string]string{".csv": csv(xs, 3), ".npy": array(t, xs, false, 5, 3), ".f32": raw(xs, false)}
	outputs := map[string]string{".csv": csv(want, 2), ".npy": array(t, want, false, 5, 2), ".f32": raw(want, false)}
	for in, content := range inputs {
		outputs[""] = outputs[in]
		for out, want := range outputs {
			t.Run(in+" to "+out, func(t *testing.T) {
				dir := t.TempDir()
				input, output := filepath.Join(dir, "in"+in), filepath.Join(dir, "out"+out)
				require.NoError(t, os.WriteFile(input, []byte(content), 0o666))
				require.NoError(t, os.WriteFile(output, []byte("old"), 0o666))
				require.Empty(t, printed(t, "", "run", "-m", path, "-i", input, "-o", output))
				got, err := os.ReadFile(output)
				require.NoError(t, err)
				require.Equal(t, want, string(got))
				requireNames(t, dir, "in"+in, "out"+out)
			})
		}
	}
}

func requireNames(t *testing.T, dir string, want ...string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.Equal(t, want, names)
}

func TestRunLeavesNoHalfFile(t *testing.T) {
	path := save(t, tasks()[0].d)
	dir := t.TempDir()
	output := filepath.Join(dir, "out.csv")
	require.NoError(t, os.WriteFile(output, []byte("old"), 0o666))
	for _, c := range []struct{ stdin, flag string }{
		{"1,2,3\nx,y,z\n", "--strict"},
		{strings.Repeat("\x00", 13), "--raw"},
	} {
		o := command(c.stdin, "run", "-m", path, "-o", output, c.flag)
		require.Equal(t, 1, o.code)
		got, err := os.ReadFile(output)
		require.NoError(t, err)
		require.Equal(t, "old", string(got))
		requireNames(t, dir, "out.csv")
	}
}

func TestRunWritesADeviceInPlace(t *testing.T) {
	if _, err := os.Stat(os.DevNull); err != nil {
		t.Skip("no null device here: ", err)
	}
	require.Empty(t, printed(t, "1,2,3\n", "run", "-m", save(t, tasks()[0].d), "-o", os.DevNull))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular())
}

func TestRunRefusesWhatTheModelCannotRead(t *testing.T) {
	all := tasks()
	numbers, pooled, tokens := save(t, all[0].d), save(t, all[2].d), save(t, all[5].d)
	for _, c := range []struct {
		name, model, stdin string
		args               []string
		text               string
	}{
		{"few numbers", numbers, "1,2,3\n1,2\n", nil, "stdin, line 2: wrong number of numbers in a step: 2 on the line, but the model reads 3 per step"},
		{"names of columns", numbers, "a,b,c\n1,2,3\n", nil, "skip it with --header"},
		{"other shape", numbers, array(t, make([]float32, 8), false, 2, 4), nil, "stdin: wrong shape: an array [2 4], but the model reads 3 numbers per step: give [T, 3], or [N, T, 3] for N sequences"},
		{"array cut", numbers, array(t, make([]float32, 6), false, 2, 3)[:140], nil, "truncated .npy file"},
		{"raw cut", numbers, "\x00\x00", []string{"--raw"}, "the input ends within step 0, which needs 3 numbers of 4 bytes"},
		{"no steps to pool", pooled, array(t, nil, false, 0, 3), nil, "stdin, sequence 0: an empty sequence has no answer"},
		{"floats for tokens", tokens, array(t, make([]float32, 3), false, 3, 1), nil, "the model reads tokens"},
		{"token out of range", tokens, "1\n2\n9\n", nil, "token 9 of step 2"},
		{"token out of range, later", tokens, strings.Repeat("1\n", 700) + "-1\n", nil, "token -1 of step 700"},
		{"second sequence", tokens, "1\n\n2\n9\n", nil, "stdin, sequence 1: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command(c.stdin, append([]string{"run", "-m", c.model}, c.args...)...)
			require.Equal(t, 1, o.code)
			require.Contains(t, o.stderr, c.text)
		})
	}
	o := command(array(t, make([]float32, 3), false, 1, 3), "run", "-m", numbers, "--header")
	require.Equal(t, 2, o.code)
	require.Contains(t, o.stderr, "--header is for CSV, but stdin is .npy")
}

func TestRunGivesAnOutputBeforeTheNextStepIsIn(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	xs := k.sequence(4, 0)
	ys := k.outputs(t, xs)
	for _, c := range []struct {
		name    string
		args    []string
		in, out func(i int) string
	}{
		{"CSV", nil,
			func(i int) string { return csv(xs[i*3:][:3], 3) },
			func(i int) string { return csv(ys[i*2:][:2], 2) }},
		{"raw", []string{"--raw"},
			func(i int) string { return raw(xs[i*3:][:3], false) },
			func(i int) string { return raw(ys[i*2:][:2], false) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdin, toStdin := io.Pipe()
			fromStdout, stdout := io.Pipe()
			done := make(chan int)
			go func() {
				done <- run(append([]string{"run", "-m", path}, c.args...), stdin, stdout, io.Discard)
			}()
			for i := range 4 {
				_, err := io.WriteString(toStdin, c.in(i))
				require.NoError(t, err)
				got := make([]byte, len(c.out(i)))
				_, err = io.ReadFull(fromStdout, got)
				require.NoError(t, err)
				require.Equal(t, c.out(i), string(got), fmt.Sprint("step ", i))
			}
			toStdin.Close()
			require.Equal(t, 0, <-done)
		})
	}
}

func TestRunAnswersASequenceBeforeTheNextIsIn(t *testing.T) {
	for _, k := range tasks() {
		t.Run(k.name, func(t *testing.T) {
			xs := k.sequence(4, 0)
			want := csv(k.outputs(t, xs), k.d.OutputSize())
			stdin, toStdin := io.Pipe()
			fromStdout, stdout := io.Pipe()
			done := make(chan int)
			path := save(t, k.d)
			go func() { done <- run([]string{"run", "-m", path}, stdin, stdout, io.Discard) }()
			go io.WriteString(toStdin, csv(xs, k.width())+"\n")
			got := make([]byte, len(want))
			_, err := io.ReadFull(fromStdout, got)
			require.NoError(t, err)
			require.Equal(t, want, string(got))
			toStdin.Close()
			require.Equal(t, 0, <-done)
		})
	}
}
