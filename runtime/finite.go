package runtime

import "runtime"

// Finite reports whether all numbers of the session's state are finite, including
// those of a pool. A NaN input, for example from a broken sensor, makes the state
// and all later outputs NaN until [Session.Reset]. If your program does not check
// its inputs, call Finite from time to time, say once a second. It reads each
// number once and allocates nothing.
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
		sum += x - x // 0, or NaN if x is NaN or infinite
	}
	return sum == 0
}
