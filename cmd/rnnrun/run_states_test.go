package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/npy"
)

// archive writes a .npz file and returns its path.
func archive(t *testing.T, arrays ...npy.Array) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "states.npz")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, npy.WriteArchive(f, arrays...))
	require.NoError(t, f.Close())
	return path
}

func floats(name string, data []float32, shape ...int) npy.Array {
	return npy.Array{Name: name, DType: npy.Float32, Shape: shape, Floats: data}
}

// arrays reads a .npz file.
func arrays(t *testing.T, path string) map[string]npy.Array {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	list, err := npy.ReadArchive(data)
	require.NoError(t, err)
	m := map[string]npy.Array{}
	for _, a := range list {
		m[a.Name] = a
	}
	return m
}

// different is a model of layers of different sizes and cells.
func different() *format.Model {
	d := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 5, Seed: 3}.Model()
	d.Layers = append(d.Layers, modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 5, Hidden: 2}.Model().Layers...)
	return d
}

// streams returns models of every kind that carries something from step to step.
func streams() []task {
	list := append(tasks(), task{"several cells", different()})
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden, s.Outputs, s.Seed = 3, 8, 3, 6
		add := func(name string, change func(*modeltest.Spec)) {
			c := s
			change(&c)
			list = append(list, task{name + " " + c.String(), c.Model()})
		}
		for _, pool := range []format.Pool{format.PoolNone, format.PoolLast, format.PoolMax, format.PoolMean} {
			add("pool", func(c *modeltest.Spec) { c.Pool = pool })
			add("tokens", func(c *modeltest.Spec) { c.Pool, c.Tokens = pool, 9 })
			add("int8", func(c *modeltest.Spec) { c.Pool, c.DType, c.InputScale = pool, format.DTypeInt8, 1./64 })
		}
		add("skip", func(c *modeltest.Spec) { c.Skip = true })
		add("all around", func(c *modeltest.Spec) {
			c.Layers, c.Below, c.Between, c.Above, c.Pool, c.InitialState, c.Normalized = 2, 4, 5, 6, format.PoolMean, true, true
		})
	}
	return slices.DeleteFunc(list, func(k task) bool { return k.d.Bidirectional() })
}

// A sequence in two parts has the outputs of the whole where the second part
// starts from the states in which the first ended.
func TestRunGoesOnFromTheStatesOfAnEarlierRun(t *testing.T) {
	for _, k := range streams() {
		t.Run(k.name, func(t *testing.T) {
			path := save(t, k.d)
			states := filepath.Join(t.TempDir(), "states.npz")
			xs, first := k.sequence(20, 0), 12*k.width()
			width := k.d.OutputSize()
			a := printed(t, csv(xs[:first], k.width()), "run", "-m", path, "--state-out", states)
			b := printed(t, csv(xs[first:], k.width()), "run", "-m", path, "--state-in", states, "--state-out", states)
			want := csv(k.outputs(t, xs), width)
			if k.d.Pool != format.PoolNone {
				require.Equal(t, want, b)
				return
			}
			require.Equal(t, want, a+b)
		})
	}
}

// PyTorch's packed sequences: each direction starts at a sequence's own ends,
// from the states given.
func TestRunOfARaggedBatchIsWhatPyTorchComputes(t *testing.T) {
	const folder = "../../testdata/convert/"
	golden := arrays(t, folder+"ragged.npz")
	data, err := os.ReadFile(folder + "ragged.safetensors")
	require.NoError(t, err)
	tensors, err := safetensors.Read(data)
	require.NoError(t, err)
	n, err := statedict.Network(tensors, &statedict.Architecture{})
	require.NoError(t, err)
	d, err := n.Model()
	require.NoError(t, err)

	x, h, c := golden["x"], golden["h_0"], golden["c_0"]
	in := archive(t, floats("h_0", h.Floats, h.Shape...), floats("c_0", c.Floats, c.Shape...))
	out := filepath.Join(t.TempDir(), "out.npz")
	lengths := filepath.Join(t.TempDir(), "lengths.npy")
	f, err := os.Create(lengths)
	require.NoError(t, err)
	w, err := npy.NewWriter(f, npy.Int32, 3)
	require.NoError(t, err)
	require.NoError(t, w.WriteInt32(golden["lengths"].Integers))
	require.NoError(t, f.Close())

	for _, flag := range []string{"4,7,2", lengths} {
		stdout := printed(t, array(t, x.Floats, false, x.Shape...), "run", "-m", save(t, d),
			"--lengths", flag, "--state-in", in, "--state-out", out)
		shape, y, err := npy.ReadAll(strings.NewReader(stdout))
		require.NoError(t, err)
		require.Equal(t, golden["y"].Shape, shape)
		require.InDeltaSlice(t, golden["y"].Floats, y, 1e-6)
		require.Zero(t, y[5*8], "what is beyond a sequence's end")
		final := arrays(t, out)
		require.Len(t, final, 2)
		for _, name := range []string{"h_n", "c_n"} {
			require.Equal(t, golden[name].Shape, final[name].Shape)
			require.InDeltaSlice(t, golden[name].Floats, final[name].Floats, 1e-6)
		}
	}
}

// Each sequence of a ragged batch has the outputs that it has alone.
func TestRunOfARaggedBatch(t *testing.T) {
	const steps = 300 // more than are run at once
	lengths := []int{2, 300, 270}
	for _, k := range tasks() {
		t.Run(k.name, func(t *testing.T) {
			var xs, want []float32
			pooled, outputs := k.d.Pool != format.PoolNone, k.d.OutputSize()
			for i, n := range lengths {
				x := k.sequence(steps, i)
				y := k.outputs(t, x[:n*k.width()])
				if !pooled {
					y = append(y, make([]float32, (steps-n)*outputs)...)
				}
				for j := n * k.width(); j < len(x); j++ {
					x[j] = -1 // not even a token
				}
				xs, want = append(xs, x...), append(want, y...)
			}
			shape := []int{3, steps, outputs}
			if pooled {
				shape = []int{3, outputs}
			}
			got := printed(t, array(t, xs, k.d.Embedding != nil, 3, steps, k.width()), "run", "-m", save(t, k.d), "--lengths", "2, 300, 270")
			require.Equal(t, array(t, want, false, shape...), got)
		})
	}
}

func TestStatesAreNamedAsPyTorchNamesThem(t *testing.T) {
	above := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 3, Below: 3}.Model()
	above.Layers = append(above.Layers, modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 5}.Model().Layers...)
	two := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 8, Layers: 2, Bidirectional: true}.Model()
	for _, c := range []struct {
		name  string
		model *format.Model
		input []int // shape
		want  map[string][]int
	}{
		{"layers of a kind", two, []int{5, 4, 3}, map[string][]int{"h_n": {4, 5, 8}, "c_n": {4, 5, 8}}},
		{"one sequence", two, []int{4, 3}, map[string][]int{"h_n": {4, 8}, "c_n": {4, 8}}},
		{"no cell states", modeltest.Spec{Cell: format.CellRNN, Variant: format.VariantReLU, Input: 3, Hidden: 8}.Model(), []int{1, 4, 3}, map[string][]int{"h_n": {1, 1, 8}}},
		{"dense layers have none", modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 8, Layers: 2, Below: 3, Between: 5, Above: 2, Projection: 4}.Model(),
			[]int{1, 4, 3}, map[string][]int{"h_n": {2, 1, 4}, "c_n": {2, 1, 8}}},
		{"dense layers do not count", above, []int{4, 3}, map[string][]int{"h0": {1, 3}, "c0": {1, 3}, "h1": {1, 5}, "c1": {1, 5}}},
		{"layers of several sizes", different(), []int{5, 4, 3}, map[string][]int{"h0": {1, 5, 5}, "c0": {1, 5, 5}, "h1": {1, 5, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.npz")
			n := 1
			for _, d := range c.input {
				n *= d
			}
			printed(t, array(t, make([]float32, n), false, c.input...), "run", "-m", save(t, c.model), "--state-out", out)
			got := map[string][]int{}
			for name, a := range arrays(t, out) {
				got[name] = a.Shape
			}
			if k := got[snapshotName]; !c.model.Bidirectional() {
				require.Len(t, k, len(c.input)-1, "of N sequences or of one")
				delete(got, snapshotName)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// The states of each of N sequences go on for themselves.
func TestRunGoesOnWithABatch(t *testing.T) {
	for _, pool := range []format.Pool{format.PoolNone, format.PoolMax, format.PoolMean} {
		k := task{"", modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 8, Pool: pool, Seed: 1}.Model()}
		path, states := save(t, k.d), filepath.Join(t.TempDir(), "states.npz")
		var first, second, want []float32
		for n := range 3 {
			xs := k.sequence(9, n)
			first, second = append(first, xs[:5*3]...), append(second, xs[5*3:]...)
			ys := k.outputs(t, xs)
			if pool == format.PoolNone {
				ys = ys[5*8:]
			}
			want = append(want, ys...)
		}
		printed(t, array(t, first, false, 3, 5, 3), "run", "-m", path, "--state-out", states)
		got := printed(t, array(t, second, false, 3, 4, 3), "run", "-m", path, "--state-in", states)
		_, ys, err := npy.ReadAll(strings.NewReader(got))
		require.NoError(t, err)
		require.Equal(t, want, ys)
	}
}

// States that were not written by this version or for this model are told from those
// that were.
func TestRunTellsWhoseStatesItIsGiven(t *testing.T) {
	model := func(seed uint64, pool format.Pool) string {
		return save(t, modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 8, Pool: pool, Seed: seed}.Model())
	}
	written := func(path string) (string, map[string]npy.Array) {
		states := filepath.Join(t.TempDir(), "states.npz")
		printed(t, "1,2,3\n", "run", "-m", path, "--state-out", states)
		return states, arrays(t, states)
	}
	mean, other := model(1, format.PoolMean), model(2, format.PoolMean)
	_, a := written(mean)
	foreign, _ := written(other)
	reverse := save(t, modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 8, Reverse: true}.Model())
	snapshot := a[snapshotName]
	cut := snapshot
	cut.Shape, cut.Integers = []int{snapshot.Shape[0] - 1}, snapshot.Integers[1:]
	strange := floats(snapshotName, make([]float32, 1), 1)
	edited := floats("h_n", make([]float32, 8), 1, 8)
	for _, c := range []struct {
		name, model, states, says string
		code                      int
	}{
		{"of another model", mean, foreign, "it is of another model", 1},
		{"of a model that is read backward", reverse, foreign, `the array "snapshot" is not a state of this model`, 1},
		{"damaged", mean, archive(t, a["h_n"], cut), "not a snapshot of a session", 1},
		{"of another type", mean, archive(t, a["h_n"], strange), "want [N, words] of int32", 1},
		{"changed by hand", mean, archive(t, edited, snapshot), "the states in the arrays h_n and snapshot differ; to start from its other arrays", 1},
		{"without the pool", mean, archive(t, a["h_n"]), "the pool over the steps starts empty", 0},
		{"given by hand", model(1, format.PoolNone), archive(t, floats("h0", make([]float32, 8), 1, 8)), "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command("1,2,3\n", "run", "-m", c.model, "--state-in", c.states)
			require.Equal(t, c.code, o.code, o.stderr)
			require.Contains(t, o.stderr, c.says)
			require.Equal(t, c.says == "", o.stderr == "")
		})
	}
}

func TestRunRefusesStatesAndLengthsThatDoNotFit(t *testing.T) {
	k := tasks()[0] // an LSTM of 8 units
	path := save(t, k.d)
	batch := array(t, k.sequence(8, 0), false, 2, 4, 3)
	zeros := make([]float32, 64)
	h, c := floats("h_n", zeros[:16], 1, 2, 8), floats("c_n", zeros[:16], 1, 2, 8)
	for _, test := range []struct {
		name, stdin string
		args        []string
		code        int
		text        string
	}{
		{"no cell states", batch, []string{"--state-in", archive(t, h)}, 1, "the array c_n is missing; this model's states are h_n [1, N, 8], c_n [1, N, 8]"},
		{"another size", batch, []string{"--state-in", archive(t, floats("h_n", zeros[:8], 1, 2, 4), c)}, 1, "the array h_n is [1 2 4], want [1, N, 8] for N sequences"},
		{"sequences of one and not of the other", batch, []string{"--state-in", archive(t, h, floats("c_n", zeros[:8], 1, 8))}, 1, "the array c_n has states for 1 sequence, but the arrays before it for 2"},
		{"an array too many", batch, []string{"--state-in", archive(t, h, c, floats("x", zeros[:1], 1))}, 1, `the array "x" is not a state of this model`},
		{"fewer sequences", array(t, k.sequence(4, 0), false, 4, 3), []string{"--state-in", archive(t, h, c)}, 1, "it has states for 2 sequences, but the input has 1"},
		{"fewer sequences of a CSV", "1,2,3\n", []string{"--state-in", archive(t, h, c)}, 1, "it has states for 2 sequences, but the input has 1"},
		{"more sequences of a CSV", "1,2,3\n\n1,2,3\n\n1,2,3\n", []string{"--state-in", archive(t, h, c)}, 1, "it has states for 2 sequences, but the input has more"},
		{"no archive", batch, []string{"--state-in", path}, 1, "not a .npy file, nor an archive of them"},
		{"fewer lengths", batch, []string{"--lengths", "4"}, 1, "--lengths has 1 length, but stdin has 2 sequences"},
		{"a length too great", batch, []string{"--lengths", "4,5"}, 1, "--lengths: sequence 1 cannot have 5 steps, since stdin has 4"},
		{"a negative length", batch, []string{"--lengths", "-1,4"}, 1, "sequence 0 cannot have -1 steps"},
		{"no number", batch, []string{"--lengths", "4;4"}, 2, `"4;4" is not a number of steps`},
		{"lengths of a CSV", "1,2,3\n", []string{"--lengths", "1"}, 2, "--lengths is for .npy; the sequences of stdin are not padded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := command(test.stdin, append([]string{"run", "-m", path}, test.args...)...)
			require.Equal(t, test.code, o.code, o.stderr)
			require.Contains(t, o.stderr, test.text)
		})
	}
}

func TestDenseModelsHaveNoStates(t *testing.T) {
	d := modeltest.Spec{Cell: format.CellRNN, Variant: format.VariantTanh, Input: 2, Below: 3}.Model()
	d.Layers, d.Goldens = d.Layers[:1], nil
	path := filepath.Join(t.TempDir(), "dense.rnn")
	require.NoError(t, format.WriteFile(path, d))
	for _, flag := range []string{"--state-in", "--state-out"} {
		var stdout, stderr bytes.Buffer
		require.Equal(t, 2, run([]string{"run", "-m", path, flag, "states.npz"}, strings.NewReader("1,2\n"), &stdout, &stderr))
		require.Contains(t, stderr.String(), "the model has no states, since it has only dense layers")
	}
}
