package runtime

import "runtime"

// Finite reports whether all numbers that the session carries from step to step
// are, those of a pool too: no NaN and no infinity. An input that is NaN, as of a
// broken sensor, makes the state NaN, and all outputs from then on, until
// [Session.Reset]. So a program that does not check its inputs asks now and then,
// say once a second. It reads each number once and allocates nothing.
func (s *Session) Finite() bool {
	defer runtime.KeepAlive(s)
	for _, state := range s.carried() {
		if !finite(state) {
			return false
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
