package onnx

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// Functions of gates may be written with several operators: a hard sigmoid as an affine
// function within bounds, 1 - z as -z + 1.

// composed returns the function that applies one after another; false: none that gates have.
func composed(first, then format.Activation) (format.Activation, bool) {
	affine, clip := format.ActivationAffine, format.ActivationClip
	if first.Kind == affine && then.Kind == affine {
		return format.Activation{Kind: affine, Alpha: then.Alpha * first.Alpha, Beta: then.Alpha*first.Beta + then.Beta}, true
	}
	low, high, ok := bounds(then)
	if !ok {
		return first, false
	}
	if l, h, ok := bounds(first); ok {
		if low, high = max(l, low), min(h, high); low > high {
			return first, false
		}
		return format.Activation{Kind: clip, Alpha: low, Beta: high}, true
	}
	if first.Kind == affine && low == 0 && high == 1 {
		return format.Activation{Kind: format.ActivationHardSigmoid, Alpha: first.Alpha, Beta: first.Beta}, true
	}
	return first, false
}

// composedThree returns a hard sigmoid that bounds its sums before it scales them to 0 and 1.
func composedThree(first, bound, then format.Activation) (format.Activation, bool) {
	low, high, ok := bounds(bound)
	near := func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }
	if !ok || first.Kind != format.ActivationAffine || then.Kind != format.ActivationAffine ||
		!near(then.Alpha*low+then.Beta, 0) || !near(then.Alpha*high+then.Beta, 1) {
		return first, false
	}
	f, _ := composed(first, then)
	f.Kind = format.ActivationHardSigmoid
	return f, true
}

// bounds returns the least and the greatest number that a function leaves unchanged.
func bounds(a format.Activation) (low, high float32, ok bool) {
	switch a.Kind {
	case format.ActivationReLU:
		return 0, math.MaxFloat32, true
	case format.ActivationClip:
		return a.Alpha, a.Beta, true
	}
	return 0, 0, false
}
