package kernels

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// An AdamStep holds the factors of a step of [Set.Adam].
type AdamStep = generic.AdamStep

// Adam updates weights w by their gradients g, with the means m of gradients and
// v of their squares (Kingma & Ba 2015). Every operation is rounded:
//
//	d := g[k] + Decay*w[k]
//	m[k] = Beta1*m[k] + Rest1*d
//	v[k] = Beta2*v[k] + Rest2*d*d
//	w[k] = Shrink*w[k] - Rate*m[k]/(sqrt(v[k])*Correction+Epsilon)
//
// All have one length, and none overlaps another.
func (s *Set) Adam(w, m, v, g []float32, step *AdamStep) {
	m, v, g = prefix(m, len(w)), prefix(v, len(w)), prefix(g, len(w))
	raceRead(g)
	raceWrite(w)
	raceWrite(m)
	raceWrite(v)
	s.impl.adam(w, m, v, g, step)
}
