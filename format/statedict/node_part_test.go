package statedict_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/runtime"
)

// halved is a model of 6 numbers that gives half of them, and of one more output.
func halved() *format.Model {
	return &format.Model{InputSize: 6, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "x", Frames: 1, Channels: 6}},
		Nodes: []format.Node{
			{Op: &format.Map{Function: format.Activation{Kind: format.ActivationAffine, Alpha: 0.5}}, Inputs: []int{0}},
			{Op: &format.Map{Function: format.Activation{Kind: format.ActivationAbs}}, Inputs: []int{0}},
		},
		Outputs: []format.Port{{Name: "half", Value: 1}, {Name: "size", Value: 2}},
	}}
}

// withParts makes a network of an architecture whose file "half" is that model.
func withParts(t *testing.T, arch string) (*network.Network, error) {
	t.Helper()
	a, err := statedict.ParseArchitecture([]byte(arch))
	require.NoError(t, err)
	a.Open = func(n *statedict.Node) (*format.Model, error) {
		if n.File != "half" {
			return nil, errNoFile
		}
		return halved(), nil
	}
	return statedict.Network(nil, a)
}

var errNoFile = errors.New("no such file")

// A signal comes back from its spectrum, frame by frame and added, as late as the window
// is longer than the hop.
func TestSpectrumAndBack(t *testing.T) {
	for _, arch := range []string{
		`{"op": "rfft", "window": "sqrt_hann"}, {"op": "irfft", "window": "sqrt_hann"}`,
		`{"op": "rfft", "window": "hann"}, {"op": "irfft"}`,
		`{"op": "rfft", "window": "hann", "size": 120}, {"op": "irfft", "count": 100}`,
	} {
		n, err := withParts(t, `{"inputs": [{"name": "x", "frames": 50, "channels": 1}], "nodes": [
			{"op": "window", "before": 50}, `+arch+`, {"op": "overlap_add", "kernel": 100, "stride": 50, "carry": true}]}`)
		require.NoError(t, err)
		d, err := n.Model()
		require.NoError(t, err)
		m, err := runtime.New(d)
		require.NoError(t, err)
		s := m.NewSession()
		var x, y []float32
		for step := range 20 {
			for i := range 50 {
				x = append(x, float32(math.Sin(0.1*float64(50*step+i))))
			}
			out, err := s.Step(x[50*step:])
			require.NoError(t, err)
			y = append(y, out...)
		}
		for i := range x[50:] {
			require.InDelta(t, x[i], y[50+i], 1e-6, "%s: sample %d", arch, i)
		}
	}
}

func TestPartsOfAnArchitecture(t *testing.T) {
	n, err := withParts(t, `{"inputs": [{"name": "x", "frames": 4, "channels": 1}], "nodes": [
		{"op": "rfft"}, {"op": "model", "file": "half", "output": "half", "name": "h"}, {"op": "magnitude"}, {"op": "power", "inputs": "h", "name": "p"}]}`)
	require.ErrorContains(t, err, "nothing reads")
	require.Nil(t, n)
	n, err = withParts(t, `{"inputs": [{"name": "x", "frames": 4, "channels": 1}], "nodes": [
		{"op": "rfft"}, {"op": "model", "file": "half", "output": "half"}, {"op": "magnitude"}]}`)
	require.NoError(t, err)
	require.Equal(t, []string{"rfft", "map", "slice", "map", "slice", "map", "binary", "map"}, nodeKinds(n.Graph))
	n, err = withParts(t, `{"inputs": [{"name": "x", "frames": 160, "channels": 1}], "nodes": [
		{"op": "front_end", "front_end": "logmel:rate=8000,mels=6,fft=1024"}, {"op": "slice", "axis": "frames", "count": 1},
		{"op": "model", "file": "half", "output": "size"}]}`)
	require.NoError(t, err)
	require.Equal(t, 6, n.OutputSize())
}

func TestPartsThatAreRefused(t *testing.T) {
	for node, reason := range map[string]string{
		`{"op": "model", "file": "half"}`:                                         `has the outputs half, size: name one of them in "output"`,
		`{"op": "model", "file": "half", "output": "hal"}`:                        "did you mean half?",
		`{"op": "model", "file": "gone"}`:                                         "no such file",
		`{"op": "model"}`:                                                         `"file" names a model`,
		`{"op": "model", "file": "half", "inputs": ["x", "x"], "output": "half"}`: "has 1 input, but 2 are given",
		`{"op": "front_end", "front_end": "mfc"}`:                                 "did you mean mfcc?",
		`{"op": "front_end", "front_end": "mel:rate=8000"}`:                       "reads 80×1 samples per step, and 80 more for each further frame, but it is given 5×1",
		`{"op": "magnitude"}`:                                                     "it reads 1 channel",
		`{"op": "rfft", "size": 22}`:                                              "in 22 points",
		`{"op": "rfft", "size": 8, "window": "han"}`:                              "did you mean hann?",
		`{"op": "relu", "file": "half"}`:                                          `the op relu does not have "file"`,
	} {
		_, err := withParts(t, `{"inputs": [{"name": "x", "frames": 5, "channels": 1}], "nodes": [`+node+`]}`)
		require.ErrorContains(t, err, reason, node)
	}
	_, err := withParts(t, `{"inputs": [{"name": "x", "frames": 2, "channels": 3}], "nodes": [{"op": "model", "file": "half", "output": "half"}]}`)
	require.ErrorContains(t, err, `its input 0 is 2×3, but "half" reads 1×6`)

	// A file's own architecture reads no others.
	a, err := statedict.ParseArchitecture([]byte(`{"inputs": [{"name": "x", "channels": 6}], "nodes": [{"op": "model", "file": "half"}]}`))
	require.NoError(t, err)
	_, err = statedict.Network(nil, a)
	require.ErrorContains(t, err, "only an architecture in a file of its own")
	a, err = statedict.ParseArchitecture([]byte(`{"inputs": [{"name": "x", "frames": 80, "channels": 1}], "nodes": [{"op": "front_end", "front_end": "mel:rate=8000"}]}`))
	require.NoError(t, err)
	require.ErrorContains(t, a.CheckOwn(), "front_end")
}
