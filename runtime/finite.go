package runtime

import "runtime"

// Finite reports whether all numbers of the session's state are: no NaN and no
// infinity. An input that is NaN, as of a broken sensor, makes the state NaN, and
// all outputs from then on, until [Session.Reset]. So a program that does not
// check its inputs asks now and then, say once a second. It reads each number of
// the state once and allocates nothing.
func (s *Session) Finite() bool {
	defer runtime.KeepAlive(s)
	for i := range s.model.description.Layers {
		for d := range s.model.description.Layers[i].Directions {
			if h, c := s.State(i, d); !finite(h) || !finite(c) {
				return false
			}
		}
	}
	return true
}

func finite(v []float32) bool {
	sum := float32(0)
	for _, x := range v {
		sum += x - x // 0, but NaN of NaN and of infinities
	}
	return sum == 0
}
