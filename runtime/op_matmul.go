package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// newMatMulOp returns the op that multiplies two values of a step.
func newMatMulOp(set *kernels.Set, m *format.MatMul, x, y, out format.Value) *valueOp {
	depth, columns := x.Channels, out.Channels
	if m.Transposed {
		return newValueOp(func(z []float32, in [][]float32) {
			for i := range z {
				a, b := in[0][i/columns*depth:][:depth], in[1][i%columns*depth:][:depth]
				sum := float32(0)
				for k, v := range a {
					sum = kernels.FMA(v, b[k], sum)
				}
				z[i] = sum
			}
		})
	}
	return &valueOp{memory: floatsBytes(columns), bind: func() valueFunc {
		v := floats(columns)
		return func(z []float32, in [][]float32) {
			clear(z)
			for i := range x.Frames {
				to := z[i*columns:][:columns]
				for k := range depth {
					weight := in[0][i*depth+k]
					for c := range v {
						v[c] = weight
					}
					set.MulAdd(to, v, in[1][k*columns:][:columns], to)
				}
			}
		}
	}}
}
