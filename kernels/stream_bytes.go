package kernels

import "unsafe"

// bytes returns how many bytes the prepared arguments take.
func (w *walks) bytes() (n int) {
	for i := range w {
		for _, first := range []*walk{w[i].withInputs, w[i].withSums} {
			for a := first; a != nil; a = a.then {
				n += int(unsafe.Sizeof(*a))
			}
		}
	}
	return n
}

// prepared returns how many bytes all prepared arguments of a stream take.
func (s *stream) prepared() int {
	n := s.walks.bytes() + cap(s.parts)*int(unsafe.Sizeof(s.walks))
	for i := range s.parts {
		n += s.parts[i].bytes()
	}
	return n
}

// Bytes implements [Stream].
func (s *floatStream) Bytes() int { return int(unsafe.Sizeof(*s)) + s.prepared() }

// Bytes implements [Stream].
func (s *int8Stream) Bytes() int {
	return int(unsafe.Sizeof(*s)) + s.prepared() + s.x.Bytes() + s.h.Bytes() + 4*cap(s.partial)
}

// Bytes implements [Stream].
func (s *int8Linear) Bytes() int { return int(unsafe.Sizeof(*s)) + s.int8Stream.Bytes() }

// Bytes returns how many bytes the vector takes that the quantizer writes.
func (z *Quantizer) Bytes() int { return cap(z.q) }
