package kernels

// Widen sets dst[i] to the value of src[i], an IEEE 754 binary16. Each is a
// float32, so nothing is rounded.
func (s *Set) Widen(dst []float32, src []uint16) {
	src = src[:len(src):len(src)][:len(dst)]
	raceWrite(dst)
	s.impl.widen(dst, src)
}
