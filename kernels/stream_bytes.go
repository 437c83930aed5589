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

// Bytes implements [Stream].
func (s *floatStream) Bytes() int { return int(unsafe.Sizeof(*s)) + s.walks.bytes() }

// Bytes implements [Stream].
func (s *int8Stream) Bytes() int {
	return int(unsafe.Sizeof(*s)) + s.walks.bytes() + s.x.Bytes() + s.h.Bytes() + 4*cap(s.partial)
}

// Bytes implements [Stream].
func (s *int8Linear) Bytes() int { return int(unsafe.Sizeof(*s)) + s.int8Stream.Bytes() }

// Bytes returns how many bytes the vector takes that the quantizer writes.
func (z *Quantizer) Bytes() int { return cap(z.q) }
