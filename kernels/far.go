package kernels

// ForLayers returns the set for a model whose step reads the float32 weights of several
// layers, in bytes of each. If the second-level cache does not hold them, but the third
// does, and the core is one that gains, the weights are far: streams fetch them ahead in
// [Stream.Step]. A single layer is not far, since its steps find in the second-level cache
// what the step before has read last. The bits are the same.
func (s *Set) ForLayers(bytes ...int) *Set {
	second, third := farCaches()
	if s.impl.far.lstm == nil || !areFar(bytes, second, third) {
		return s
	}
	with := *s
	with.far = true
	return &with
}

// areFar reports whether the weights of layers are far, for caches of those sizes. Between
// two reads of a layer, the others must be read; and half of the third-level cache is
// left to others. Measured on a core with caches of 1 and 32 MiB: from 2.6 to 14 MiB, steps
// take 0.87 to 0.93 of the time; with 1.5 MiB as long, and with 18 MiB 1.24 times as long.
func areFar(bytes []int, second, third int) bool {
	all, largest := 0, 0
	for _, n := range bytes {
		all, largest = all+n, max(largest, n)
	}
	return second > 0 && all > 2*second && all <= third/2 && largest <= all/4*3
}
