package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An activation sets dst to a function of src. They have the same length and do
// not overlap. A nil activation copies src.
type activation func(dst, src []float32)

// bindActivation returns the canonical arithmetic of an activation. Activations
// that the kernels lack consist of single IEEE 754 operations and fma.
func bindActivation(set *kernels.Set, a format.Activation) activation {
	alpha, beta := a.Alpha, a.Beta
	switch a.Kind {
	case format.ActivationReLU:
		return set.ReLU
	case format.ActivationTanh:
		return set.Tanh
	case format.ActivationSigmoid:
		return set.Sigmoid
	case format.ActivationSoftplus:
		return set.Softplus
	case format.ActivationSoftmax:
		return set.Softmax
	case format.ActivationAffine:
		return each(func(x float32) float32 { return kernels.FMA(alpha, x, beta) })
	case format.ActivationLeakyReLU:
		return each(func(x float32) float32 {
			if x < 0 {
				return alpha * x
			}
			return x
		})
	case format.ActivationThresholdedReLU:
		return each(func(x float32) float32 {
			if x < alpha {
				return 0
			}
			return x
		})
	case format.ActivationScaledTanh:
		return func(dst, src []float32) {
			for i, x := range src {
				dst[i] = beta * x
			}
			set.Tanh(dst, dst)
			for i := range dst {
				dst[i] *= alpha
			}
		}
	case format.ActivationHardSigmoid:
		return each(func(x float32) float32 { return min(max(kernels.FMA(alpha, x, beta), 0), 1) })
	case format.ActivationELU:
		return func(dst, src []float32) {
			set.Exp(dst, src)
			for i, x := range src {
				if x >= 0 {
					dst[i] = x
				} else {
					dst[i] = alpha * (dst[i] - 1)
				}
			}
		}
	case format.ActivationSoftsign:
		return each(func(x float32) float32 { return x / (1 + max(x, -x)) })
	case format.ActivationClip:
		return each(func(x float32) float32 { return min(max(x, alpha), beta) })
	}
	return bindFunction(set, a.Kind)
}

// each returns the activation that applies f to each number.
func each(f func(x float32) float32) activation {
	return func(dst, src []float32) {
		for i, x := range src {
			dst[i] = f(x)
		}
	}
}

// apply calls f, or copies src if f is nil.
func (f activation) apply(dst, src []float32) {
	if f == nil {
		copy(dst, src)
	} else {
		f(dst, src)
	}
}
