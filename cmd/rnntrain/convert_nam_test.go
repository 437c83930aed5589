package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A namReference computes a model of Neural Amp Modeler from its definition, in
// float64, of a whole sequence.
type namReference struct {
	weights []float32
}

// take returns the next weights, [rows][columns].
func (r *namReference) take(rows, columns int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		for j := range columns {
			m[i] = append(m[i], float64(r.weights[i*columns+j]))
		}
	}
	r.weights = r.weights[rows*columns:]
	return m
}

// product multiplies x [steps][channels], whose steps before the first are zeros, by
// weights [outputs][channels · taps].
func product(w [][]float64, x [][]float64, taps, dilation int) [][]float64 {
	y := make([][]float64, len(x))
	for t := range x {
		y[t] = make([]float64, len(w))
		for o := range w {
			for c := range x[0] {
				for k := range taps {
					if from := t - (taps-1-k)*dilation; from >= 0 {
						y[t][o] += w[o][c*taps+k] * x[from][c]
					}
				}
			}
		}
	}
	return y
}

func plus(x, y [][]float64) [][]float64 {
	z := make([][]float64, len(x))
	for t := range x {
		for c := range x[t] {
			z[t] = append(z[t], x[t][c]+y[t%len(y)][c])
		}
	}
	return z
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// waveNet computes arrays of layers.
func (r *namReference) waveNet(arrays []namArray, sample [][]float64) [][]float64 {
	stream, head := sample, [][]float64(nil)
	for _, a := range arrays {
		stream = product(r.take(a.Channels, a.Inputs), stream, 1, 1)
		rows := a.Channels
		if a.Gated {
			rows *= 2
		}
		for _, dilation := range a.Dilations {
			z := product(r.take(rows, a.Channels*a.Taps), stream, a.Taps, dilation)
			z = plus(z, r.take(1, rows))
			z = plus(z, product(r.take(rows, 1), sample, 1, 1))
			for t := range z {
				for c := range a.Channels {
					z[t][c] = math.Tanh(z[t][c])
					if a.Gated {
						z[t][c] *= sigmoid(z[t][a.Channels+c])
					}
				}
				z[t] = z[t][:a.Channels]
			}
			if head == nil {
				head = z
			} else {
				head = plus(z, head)
			}
			next := product(r.take(a.Channels, a.Channels), z, 1, 1)
			stream = plus(plus(stream, next), r.take(1, a.Channels))
		}
		head = product(r.take(a.Heads, a.Channels), head, 1, 1)
		if a.HeadBias {
			head = plus(head, r.take(1, a.Heads))
		}
	}
	scale := r.take(1, 1)[0][0]
	for t := range head {
		head[t][0] *= scale
	}
	return head
}

// convNet computes convolutions of two samples.
func (r *namReference) convNet(channels int, dilations []int, norm bool, x [][]float64) [][]float64 {
	for _, dilation := range dilations {
		x = product(r.take(channels, 2*len(x[0])), x, 2, dilation)
		if norm {
			mean, variance, scale, shift := r.take(1, channels)[0], r.take(1, channels)[0], r.take(1, channels)[0], r.take(1, channels)[0]
			epsilon := r.take(1, 1)[0][0]
			for t := range x {
				for c := range x[t] {
					x[t][c] = (x[t][c]-mean[c])/math.Sqrt(variance[c]+epsilon)*scale[c] + shift[c]
				}
			}
		} else {
			x = plus(x, r.take(1, channels))
		}
		for t := range x {
			for c := range x[t] {
				x[t][c] = math.Tanh(x[t][c])
			}
		}
	}
	x = product(r.take(1, channels), x, 1, 1)
	return plus(x, r.take(1, 1))
}

// A namArray is the config of an array of layers.
type namArray struct {
	Inputs     int    `json:"input_size"`
	Condition  int    `json:"condition_size"`
	Heads      int    `json:"head_size"`
	Channels   int    `json:"channels"`
	Taps       int    `json:"kernel_size"`
	Dilations  []int  `json:"dilations"`
	Activation string `json:"activation"`
	Gated      bool   `json:"gated"`
	HeadBias   bool   `json:"head_bias"`
}

// What is converted gives the outputs of the definition from the first sample on,
// after silence has been played until it has filled the convolutions.
func TestNAMAfterSilence(t *testing.T) {
	const silence, samples = 64, 200
	array := func(inputs, heads, channels, taps int, dilations []int, gated, bias bool) namArray {
		return namArray{inputs, 1, heads, channels, taps, dilations, "Tanh", gated, bias}
	}
	waveNet := func(arrays ...namArray) (any, func(r *namReference, x [][]float64) [][]float64) {
		return map[string]any{"layers": arrays, "head": nil, "head_scale": 0.02},
			func(r *namReference, x [][]float64) [][]float64 { return r.waveNet(arrays, x) }
	}
	convNet := func(channels int, norm bool, dilations ...int) (any, func(r *namReference, x [][]float64) [][]float64) {
		return map[string]any{"channels": channels, "dilations": dilations, "batchnorm": norm, "activation": "Tanh"},
			func(r *namReference, x [][]float64) [][]float64 { return r.convNet(channels, dilations, norm, x) }
	}
	linear := func(taps int) (any, func(r *namReference, x [][]float64) [][]float64) {
		return map[string]any{"receptive_field": taps, "bias": true}, func(r *namReference, x [][]float64) [][]float64 {
			w := r.take(1, taps)
			for i := range taps / 2 {
				w[0][i], w[0][taps-1-i] = w[0][taps-1-i], w[0][i]
			}
			return plus(product(w, x, taps, 1), r.take(1, 1))
		}
	}
	type network struct {
		config any
		of     func(r *namReference, x [][]float64) [][]float64
	}
	of := func(config any, of func(r *namReference, x [][]float64) [][]float64) network {
		return network{config, of}
	}
	for _, c := range []struct {
		name, architecture string
		network            network
		weights            int
	}{
		{"an array", "WaveNet", of(waveNet(array(1, 1, 3, 3, []int{1, 5}, false, true))), 3 + 2*(27+3+3+9+3) + 4 + 1},
		{"arrays", "WaveNet", of(waveNet(array(1, 2, 4, 3, []int{1, 2, 4}, false, false), array(4, 1, 2, 2, []int{8}, false, true))),
			4 + 3*(48+4+4+16+4) + 8 + 8 + (8 + 2 + 2 + 4 + 2) + 3 + 1},
		{"gates", "WaveNet", of(waveNet(array(1, 1, 2, 3, []int{2, 7}, true, false))), 2 + 2*(24+4+4+4+2) + 2 + 1},
		{"a ConvNet", "ConvNet", of(convNet(3, false, 1, 2, 4)), (6 + 3) + 2*(18+3) + 4},
		{"a ConvNet with batch norms", "ConvNet", of(convNet(2, true, 1, 3)), (4 + 9) + (8 + 9) + 3},
		{"an impulse response", "Linear", of(linear(9)), 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			weights := make([]float32, c.weights)
			for i := range weights {
				weights[i] = float32(r.Float64() * 0.6) // variances are positive
				if c.architecture == "WaveNet" {
					weights[i] -= 0.3
				}
			}
			text, err := json.Marshal(map[string]any{"version": "0.5.4", "architecture": c.architecture, "config": c.network.config, "weights": weights})
			require.NoError(t, err)
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, "convert", write(t, "amp.nam", string(text)), "-o", model)
			require.Zero(t, code, stderr)

			x := make([][]float64, silence+samples)
			for i := range x {
				x[i] = []float64{0}
				if i >= silence {
					x[i][0] = float64(float32(r.NormFloat64()))
				}
			}
			reference := &namReference{weights}
			want := c.network.of(reference, x)[silence:]
			require.Empty(t, reference.weights)
			m, err := rnn.Open(model)
			require.NoError(t, err)
			s := m.NewSession()
			for i, sample := range x[silence:] {
				y, err := s.Step([]float32{float32(sample[0])})
				require.NoError(t, err)
				require.InDelta(t, want[i][0], y[0], 2e-6, fmt.Sprint("sample ", i))
			}
		})
	}
}
