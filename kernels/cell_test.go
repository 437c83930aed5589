package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

// TestCells tries every number of units up to 136 next to guard pages, with
// the old state apart from the new one and in the same place.
func TestCells(t *testing.T) {
	forEachSet(t, func(t *testing.T, s, want *kernels.Set) {
		r := newSource()
		var at [4]region
		for i := range at {
			at[i] = newRegion(t, 1000)
		}
		for units := 0; units <= kernels.Pad(maxSize); units += kernels.Lanes {
			for _, values := range []func([]float32){r.weights, r.corners} {
				acc, prev := make([]float32, units/kernels.Lanes*kernels.TileRows), make([]float32, units)
				values(acc)
				values(prev)
				for _, e := range []edge{front, back} {
					wantAcc, wantH, wantC := append([]float32(nil), acc...), make([]float32, units), make([]float32, units)
					want.LSTMCell(wantH, wantC, prev, wantAcc)
					gotAcc, h, c := at[0].copyOf(e, acc), at[1].at(e, units), at[2].at(e, units)
					cprev := at[3].copyOf(e, prev)
					s.LSTMCell(h, c, cprev, gotAcc)
					requireBits(t, wantH, h, "LSTM h of %d units at the %v", units, e)
					requireBits(t, wantC, c, "LSTM c of %d units at the %v", units, e)
					requireBits(t, wantAcc, gotAcc, "LSTM gates of %d units at the %v", units, e)
					copy(gotAcc, acc)
					s.LSTMCell(h, cprev, cprev, gotAcc)
					requireBits(t, wantH, h, "LSTM h of %d units in place", units)
					requireBits(t, wantC, cprev, "LSTM c of %d units in place", units)

					copy(wantAcc, acc)
					want.GRUCell(wantH, prev, wantAcc)
					copy(gotAcc, acc)
					hprev := at[3].copyOf(e, prev)
					s.GRUCell(h, hprev, gotAcc)
					requireBits(t, wantH, h, "GRU h of %d units at the %v", units, e)
					requireBits(t, wantAcc, gotAcc, "GRU gates of %d units at the %v", units, e)
					copy(gotAcc, acc)
					s.GRUCell(hprev, hprev, gotAcc)
					requireBits(t, wantH, hprev, "GRU h of %d units in place", units)
				}
			}
		}
	})
}

func TestCellPanics(t *testing.T) {
	floats := func(n int) []float32 { return make([]float32, n, n+100) }
	tests := []struct {
		name string
		run  func(s *kernels.Set)
	}{
		{"LSTM of units that are not padded", func(s *kernels.Set) { s.LSTMCell(floats(15), floats(15), floats(15), floats(64)) }},
		{"LSTM with a short c", func(s *kernels.Set) { s.LSTMCell(floats(16), floats(15), floats(16), floats(64)) }},
		{"LSTM with a short cprev", func(s *kernels.Set) { s.LSTMCell(floats(16), floats(16), floats(15), floats(64)) }},
		{"LSTM with short accumulators", func(s *kernels.Set) { s.LSTMCell(floats(16), floats(16), floats(16), floats(63)) }},
		{"GRU of units that are not padded", func(s *kernels.Set) { s.GRUCell(floats(15), floats(15), floats(64)) }},
		{"GRU with a short hprev", func(s *kernels.Set) { s.GRUCell(floats(16), floats(15), floats(64)) }},
		{"GRU with short accumulators", func(s *kernels.Set) { s.GRUCell(floats(16), floats(16), floats(63)) }},
	}
	forEachSet(t, func(t *testing.T, s, _ *kernels.Set) {
		for _, tt := range tests {
			require.Panics(t, func() { tt.run(s) }, tt.name)
		}
	})
}

func FuzzCells(f *testing.F) {
	f.Add(uint8(3), []byte("gates and states of any bits"))
	f.Fuzz(func(t *testing.T, tiles uint8, bits []byte) {
		units := kernels.Lanes * int(tiles)
		acc, prev := make([]float32, int(tiles)*kernels.TileRows), make([]float32, units)
		fillBits(acc, bits, 0)
		fillBits(prev, bits, 1)
		type result struct{ lstm, gru, h, c []float32 }
		run := func(s *kernels.Set) result {
			r := result{
				lstm: append([]float32(nil), acc...), gru: append([]float32(nil), acc...),
				h: make([]float32, 2*units), c: make([]float32, units),
			}
			s.LSTMCell(r.h[:units], r.c, prev, r.lstm)
			s.GRUCell(r.h[units:], prev, r.gru)
			return r
		}
		want := run(generic(t))
		for _, s := range kernels.Available() {
			got := run(s)
			requireBits(t, want.lstm, got.lstm, "%s: LSTM gates", s.Name())
			requireBits(t, want.gru, got.gru, "%s: GRU gates", s.Name())
			requireBits(t, want.h, got.h, "%s: h of LSTM and GRU", s.Name())
			requireBits(t, want.c, got.c, "%s: c of LSTM", s.Name())
		}
	})
}
