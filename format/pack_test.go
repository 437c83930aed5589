package format

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnpackGivesWhatWasPacked(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 0))
	for _, c := range cells {
		for _, in := range []int{1, 3, 8, 17} {
			for _, hidden := range []int{1, 7, 8, 9, 16, 33, 40} {
				t.Run(fmt.Sprintf("%v %v, input %d, hidden %d", c.cell, c.variant, in, hidden), func(t *testing.T) {
					l := &Layer{Cell: c.cell, Variant: c.variant, InputSize: in, HiddenSize: hidden}
					p := randomPlain(r, l)
					w, err := l.Pack(p)
					require.NoError(t, err)
					got := l.Unpack(&w)
					require.Equal(t, p.WeightIH, got.WeightIH)
					require.Equal(t, p.WeightHH, got.WeightHH)
					for i := range p.BiasIH {
						if c.variant == VariantResetAfter && i >= 2*hidden { // the new gate keeps both
							require.Equal(t, p.BiasIH[i], got.BiasIH[i])
							require.Equal(t, p.BiasHH[i], got.BiasHH[i])
						} else {
							require.Equal(t, p.BiasIH[i]+p.BiasHH[i], got.BiasIH[i])
							require.Zero(t, got.BiasHH[i])
						}
					}
					again, err := l.Pack(got)
					require.NoError(t, err)
					require.Equal(t, w, again)
				})
			}
		}
	}
}

func TestUnpackGivesThePackedDense(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 0))
	for _, in := range []int{1, 5, 16} {
		for _, out := range []int{1, 7, 8, 31, 32, 33, 65} {
			t.Run(fmt.Sprintf("input %d, output %d", in, out), func(t *testing.T) {
				weight, bias := random(r, in*out), random(r, out)
				d, err := PackDense(in, out, weight, bias)
				require.NoError(t, err)
				gotWeight, gotBias := d.Unpack()
				require.Equal(t, weight, gotWeight)
				require.Equal(t, bias, gotBias)
			})
		}
	}
}

func TestPackWithoutBiases(t *testing.T) {
	for _, c := range cells {
		l := &Layer{Cell: c.cell, Variant: c.variant, InputSize: 2, HiddenSize: 3}
		p := randomPlain(rand.New(rand.NewPCG(8, 0)), l)
		p.BiasIH, p.BiasHH = nil, nil
		w, err := l.Pack(p)
		require.NoError(t, err)
		require.Equal(t, make([]float32, len(w.Bias)), w.Bias)
	}
	d, err := PackDense(2, 3, make([]float32, 6), nil)
	require.NoError(t, err)
	require.Equal(t, make([]float32, 8), d.Bias)
}

// The package comment's drawing, in numbers: the weight of input column k or
// state column k of a gate's unit, and where it lies.
func TestPackedLayout(t *testing.T) {
	const in, hidden = 3, 18 // 3 tiles of 8 units, 24 padded
	const depth = in + hidden
	for _, c := range []struct {
		cell      Cell
		variant   Variant
		name      string
		gate      int // in PyTorch's order
		unit      int
		column    int // below in: the input's
		candidate bool
		index     int
	}{
		{CellRNN, VariantTanh, "input", 0, 17, 2, false, 2*24 + 17},
		{CellRNN, VariantTanh, "state", 0, 17, in + 4, false, (in+4)*24 + 17},
		{CellLSTM, VariantStandard, "i", 0, 9, 1, false, 32*depth + 1*32 + 0 + 1},
		{CellLSTM, VariantStandard, "f", 1, 9, 1, false, 32*depth + 1*32 + 8 + 1},
		{CellLSTM, VariantStandard, "g", 2, 9, in + 1, false, 32*depth + (in+1)*32 + 16 + 1},
		{CellLSTM, VariantStandard, "o", 3, 17, in + 1, false, 2*32*depth + (in+1)*32 + 24 + 1},
		{CellGRU, VariantResetAfter, "r of the input", 0, 9, 1, false, 24*depth + 1*24 + 8 + 1},
		{CellGRU, VariantResetAfter, "z of the input", 1, 9, 1, false, 24*depth + 1*24 + 16 + 1},
		{CellGRU, VariantResetAfter, "n of the input", 2, 9, 1, false, 24*depth + 1*24 + 0 + 1},
		{CellGRU, VariantResetAfter, "r of the state", 0, 9, in + 1, false, 24*depth + (in+1)*24 + 0 + 1},
		{CellGRU, VariantResetAfter, "z of the state", 1, 9, in + 1, false, 24*depth + (in+1)*24 + 8 + 1},
		{CellGRU, VariantResetAfter, "n of the state", 2, 9, in + 1, false, 24*depth + (in+1)*24 + 16 + 1},
		{CellGRU, VariantResetBefore, "r", 0, 9, 1, false, 1*32 + 9},
		{CellGRU, VariantResetBefore, "z", 1, 9, 1, false, 32*depth + 1*16 + 24 + 9 - 32}, // the last tile has 48-32 rows
		{CellGRU, VariantResetBefore, "n", 2, 9, in + 1, true, (in+1)*24 + 9},
	} {
		t.Run(fmt.Sprintf("%v %v %s", c.cell, c.variant, c.name), func(t *testing.T) {
			l := &Layer{Cell: c.cell, Variant: c.variant, InputSize: in, HiddenSize: hidden}
			gates := l.Cell.Gates()
			p := Plain{WeightIH: make([]float32, gates*hidden*in), WeightHH: make([]float32, gates*hidden*hidden)}
			if c.column < in {
				p.WeightIH[(c.gate*hidden+c.unit)*in+c.column] = 1
			} else {
				p.WeightHH[(c.gate*hidden+c.unit)*hidden+c.column-in] = 1
			}
			want := l.NewWeights()
			if c.candidate {
				want.Candidate.Data[c.index] = 1
			} else {
				want.Gates.Data[c.index] = 1
			}
			got, err := l.Pack(p)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestBiasLayout(t *testing.T) {
	const hidden = 18
	for _, c := range []struct {
		cell      Cell
		variant   Variant
		name      string
		gate      int
		state     bool // of bias_hh
		unit      int
		wantIndex int
	}{
		{CellRNN, VariantReLU, "input", 0, false, 17, 17},
		{CellRNN, VariantReLU, "state", 0, true, 17, 17},
		{CellLSTM, VariantStandard, "i", 0, false, 9, 32 + 1},
		{CellLSTM, VariantStandard, "o", 3, true, 9, 32 + 24 + 1},
		{CellGRU, VariantResetAfter, "r", 0, false, 9, 32 + 8 + 1},
		{CellGRU, VariantResetAfter, "z", 1, true, 9, 32 + 16 + 1},
		{CellGRU, VariantResetAfter, "nx", 2, false, 9, 32 + 0 + 1},
		{CellGRU, VariantResetAfter, "nh", 2, true, 9, 32 + 24 + 1},
		{CellGRU, VariantResetBefore, "r", 0, true, 9, 9},
		{CellGRU, VariantResetBefore, "z", 1, false, 9, 24 + 9},
		{CellGRU, VariantResetBefore, "n", 2, true, 9, 48 + 9},
	} {
		t.Run(fmt.Sprintf("%v %v %s", c.cell, c.variant, c.name), func(t *testing.T) {
			l := &Layer{Cell: c.cell, Variant: c.variant, InputSize: 1, HiddenSize: hidden}
			p := randomPlain(rand.New(rand.NewPCG(9, 0)), l)
			p.BiasIH, p.BiasHH = make([]float32, len(p.BiasIH)), make([]float32, len(p.BiasHH))
			if c.state {
				p.BiasHH[c.gate*hidden+c.unit] = 1
			} else {
				p.BiasIH[c.gate*hidden+c.unit] = 1
			}
			w, err := l.Pack(p)
			require.NoError(t, err)
			want := make([]float32, len(w.Bias))
			want[c.wantIndex] = 1
			require.Equal(t, want, w.Bias)
		})
	}
}

func TestPackRefusesWrongLengths(t *testing.T) {
	l := &Layer{Cell: CellLSTM, InputSize: 3, HiddenSize: 2}
	good := randomPlain(rand.New(rand.NewPCG(10, 0)), l)
	for name, change := range map[string]func(p *Plain){
		"weight_ih": func(p *Plain) { p.WeightIH = p.WeightIH[1:] },
		"weight_hh": func(p *Plain) { p.WeightHH = nil },
		"bias_ih":   func(p *Plain) { p.BiasIH = p.BiasIH[:7] },
		"bias_hh":   func(p *Plain) { p.BiasHH = make([]float32, 9) },
	} {
		t.Run(name, func(t *testing.T) {
			p := good
			change(&p)
			_, err := l.Pack(p)
			require.ErrorContains(t, err, name)
			require.ErrorIs(t, err, ErrInvalid)
		})
	}
	for name, layer := range map[string]Layer{
		"no units":         {Cell: CellRNN, Variant: VariantTanh, InputSize: 1},
		"no inputs":        {Cell: CellRNN, Variant: VariantTanh, HiddenSize: 1},
		"a strange cell":   {Cell: 9, InputSize: 1, HiddenSize: 1},
		"a GRU of no form": {Cell: CellGRU, InputSize: 1, HiddenSize: 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := layer.Pack(Plain{})
			require.Error(t, err)
		})
	}
	_, err := PackDense(2, 3, make([]float32, 5), nil)
	require.ErrorContains(t, err, "weight has 5 numbers")
	_, err = PackDense(2, 3, make([]float32, 6), make([]float32, 2))
	require.ErrorContains(t, err, "bias has 2 numbers")
	_, err = PackDense(0, 3, nil, nil)
	require.ErrorContains(t, err, "0 inputs")
}

func TestParametersLeavesOutPadding(t *testing.T) {
	for name, want := range map[string]int{
		"small":   3*1 + 3*3 + 3,
		"numbers": 3*4*2 + 3*4*4 + 4*4 + 3*4 + 3,
	} {
		require.Equal(t, want, everyModel()[name].Parameters(), name)
	}
}
