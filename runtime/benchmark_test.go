package runtime_test

import (
	"fmt"
	"testing"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func BenchmarkStep(b *testing.B) {
	for _, cell := range modeltest.Cells() {
		for _, size := range [][2]int{{1, 8}, {1, 40}, {40, 64}, {64, 128}} {
			for _, outputs := range []int{0, 1} {
				s := cell
				s.Input, s.Hidden, s.Outputs = size[0], size[1], outputs
				b.Run(s.String(), func(b *testing.B) {
					session := model(b, s).NewSession()
					x := s.Inputs(1, 1)
					b.ReportAllocs()
					for b.Loop() {
						if _, err := session.Step(x); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkStepOfRareLayers compares layers with special features with plain
// layers of the same cell.
func BenchmarkStepOfRareLayers(b *testing.B) {
	for _, cell := range modeltest.Cells() {
		cell.Input, cell.Hidden = 40, 64
		clipped, dense := cell, cell
		clipped.Clip, dense.Above = 3, 64
		for _, s := range []modeltest.Spec{cell, clipped, dense} {
			b.Run(s.String(), func(b *testing.B) {
				session := model(b, s).NewSession()
				x := s.Inputs(1, 1)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := session.Step(x); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkStepToken(b *testing.B) {
	s := modeltest.Spec{
		Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 65, Input: 32, Hidden: 128,
		Outputs: 65, Output: format.OutputSoftmax, Task: format.TaskLanguage,
	}
	session := model(b, s).NewSession()
	b.ReportAllocs()
	for i := int32(0); b.Loop(); i++ {
		if _, err := session.StepToken(i % 65); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for _, s := range []modeltest.Spec{
		{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 40, Hidden: 64},
		{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 64, Hidden: 128, Layers: 2},
		{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 64, Hidden: 128, Bidirectional: true},
	} {
		for _, steps := range []int{10, 100, 1000} {
			b.Run(fmt.Sprintf("%v/%d", s, steps), func(b *testing.B) {
				session := model(b, s).NewSession()
				xs := s.Inputs(steps, 1)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := session.Run(xs); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*steps), "ns/step")
			})
		}
	}
}

// BenchmarkGraphStep measures networks as they are deployed: a stack of
// convolutions over 4,096 numbers of each channel, and a convolution before an
// LSTM.
func BenchmarkGraphStep(b *testing.B) {
	var dilations []int
	for d := 1; d <= 1024; d *= 2 {
		dilations = append(dilations, d)
	}
	for name, m := range map[string]*format.Model{
		"dilated":  modeltest.Dilated(1, 16, false, dilations...),
		"ConvLSTM": modeltest.ConvLSTM(1),
	} {
		b.Run(name, func(b *testing.B) {
			m, err := rnn.New(m)
			if err != nil {
				b.Fatal(err)
			}
			session, x := m.NewSession(), make([]float32, m.InputSize())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := session.Step(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
