package pytorch

// numbers returns the first n numbers of splitmix64, seeded with the FNV-1a
// hash of the name.
func numbers(name string, n int) []uint64 {
	state := uint64(0xCBF29CE484222325)
	for i := range len(name) {
		state = (state ^ uint64(name[i])) * 0x100000001B3
	}
	draws := make([]uint64, n)
	for i := range draws {
		state += 0x9E3779B97F4A7C15
		z := state
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		draws[i] = z ^ z>>31
	}
	return draws
}

// uniform returns n numbers in [-scale, scale).
func uniform(name string, n int, scale float32) []float32 {
	values := make([]float32, n)
	for i, draw := range numbers(name, n) {
		unit := float32(int32(draw>>40)-1<<23) / (1 << 23) // exact
		values[i] = unit * scale
	}
	return values
}

// below returns n integers in [0, limit).
func below(name string, n, limit int) []int32 {
	values := make([]int32, n)
	for i, draw := range numbers(name, n) {
		values[i] = int32(draw % uint64(limit))
	}
	return values
}
