package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// bidirectional returns the state_dict of a bidirectional GRU and a linear module,
// as JSON, and the outputs that they have with a pool for x [2, 5, 1].
func bidirectional(t *testing.T, pool format.Pool) (state string, x, y npy.Array) {
	numbers := func(n, seed int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32((i*7+seed)%11-5) / 8
		}
		return v
	}
	rows := func(v []float32, columns int) [][]float32 {
		var m [][]float32
		for ; len(v) > 0; v = v[columns:] {
			m = append(m, v[:columns])
		}
		return m
	}
	l := network.Layer{Cell: format.CellGRU, InputSize: 1, HiddenSize: 2, Directions: []network.Direction{
		{Plain: format.Plain{WeightIH: numbers(6, 1), WeightHH: numbers(12, 2)}}, {Plain: format.Plain{WeightIH: numbers(6, 3), WeightHH: numbers(12, 4)}},
	}}
	fc := network.NewDense("", 4, 1, numbers(4, 5), nil)
	tensors := map[string][][]float32{"fc.weight": rows(fc.Directions[0].WeightIH, 4)}
	for d, suffix := range []string{"", "_reverse"} {
		tensors["rnn.weight_ih_l0"+suffix] = rows(l.Directions[d].WeightIH, 1)
		tensors["rnn.weight_hh_l0"+suffix] = rows(l.Directions[d].WeightHH, 2)
	}
	text, err := json.Marshal(tensors)
	require.NoError(t, err)

	n := network.Network{Layers: []network.Layer{l, fc}, Pool: pool}
	description, err := n.Model()
	require.NoError(t, err)
	m, err := runtime.New(description)
	require.NoError(t, err)
	x = npy.Array{Name: "x", DType: npy.Int32, Shape: []int{2, 5, 1}, Integers: []int32{1, 2, -3, 4, -5, 6, 7, 8, -9, 10}}
	y = npy.Array{Name: "y", DType: npy.Float32, Shape: []int{2, 1}}
	for i := range 2 {
		out, err := m.NewSession().Run(x.Numbers()[i*5:][:5])
		require.NoError(t, err)
		y.Floats = append(y.Floats, out...)
	}
	return string(text), x, y
}

// Where nobody says which steps feed the last layer, the outputs show it.
func TestCheckFindsThePool(t *testing.T) {
	for _, pool := range []format.Pool{format.PoolLast, format.PoolLastOutput, format.PoolMax, format.PoolMean} {
		t.Run(pool.String(), func(t *testing.T) {
			state, x, y := bidirectional(t, pool)
			check := filepath.Join(t.TempDir(), "check.npz")
			f, err := os.Create(check)
			require.NoError(t, err)
			require.NoError(t, npy.WriteArchive(f, x, y))
			require.NoError(t, f.Close())
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, stdout, stderr := invoke(t, "convert", write(t, "state.json", state), "-o", model, "--check", check, "--tolerance", "1e-6", "--json")
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, `"pool":"`+pool.String()+`"`)
			m, err := runtime.Open(model)
			require.NoError(t, err)
			defer m.Close()
			require.Equal(t, pool, m.Description().Pool)
			require.Len(t, m.Description().Goldens, 2)
			require.NoError(t, m.Verify())

			code, _, stderr = invoke(t, "convert", write(t, "state.json", state), "-o", model, "--check", check, "--pool", "max", "--tolerance", "1e-6")
			if pool == format.PoolMax {
				require.Zero(t, code, stderr)
				return
			}
			require.Equal(t, 1, code, "what is said is not doubted")
			require.Contains(t, stderr, "its outputs differ from y")
		})
	}
}

func TestCheckOfOutputsThatNoPoolHas(t *testing.T) {
	state, x, y := bidirectional(t, format.PoolLast)
	y.Floats[0]++
	check := filepath.Join(t.TempDir(), "check.npz")
	f, err := os.Create(check)
	require.NoError(t, err)
	require.NoError(t, npy.WriteArchive(f, x, y))
	require.NoError(t, f.Close())
	code, _, stderr := invoke(t, "convert", write(t, "state.json", state), "-o", filepath.Join(t.TempDir(), "model.rnn"), "--check", check)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "The other pools (the last step of all directions, the maximum and the mean over the steps) do not give y either")
}

func TestConvertOfACheckpoint(t *testing.T) {
	code, _, stderr := invoke(t, "convert", converted+"words-checkpoint.pt", "-o", filepath.Join(t.TempDir(), "model.rnn"), "--pool", "last")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `{"state_dict": "state_dict"}`)
	require.Contains(t, stderr, "--arch FILE gives the architecture; --state-dict, --pool and --nonlinearity give parts of it")
	code, _, stderr = invoke(t, "convert", converted+"words-checkpoint.pt", "-o", filepath.Join(t.TempDir(), "model.rnn"), "--pool", "last", "--state-dict", "state_dict")
	require.Zero(t, code, stderr)
}

// One feature, and one output, may lack their dimension.
func TestCheckOfOneFeature(t *testing.T) {
	state, x, y := bidirectional(t, format.PoolLast)
	x.Shape, y.Shape = []int{2, 5}, []int{2}
	check := filepath.Join(t.TempDir(), "check.npz")
	f, err := os.Create(check)
	require.NoError(t, err)
	require.NoError(t, npy.WriteArchive(f, npy.Array{Name: "x", DType: npy.Float32, Shape: x.Shape, Floats: x.Numbers()}, y))
	require.NoError(t, f.Close())
	code, _, stderr := invoke(t, "convert", write(t, "state.json", state), "-o", filepath.Join(t.TempDir(), "model.rnn"), "--check", check, "--pool", "last", "--tolerance", "1e-6")
	require.Zero(t, code, stderr)
}
