package multiply

// Float32 returns the loop for float32 of the instructions that a kernel set of rnnrun
// uses, or nil if there is none.
func Float32(set string) *Loop {
	switch set {
	case "avx512", "avx512vnni":
		return &Loop{fma512, 16 * sums}
	case "avx2":
		return &Loop{fma256, 8 * sums}
	}
	return nil
}

// Int8 is Float32 for int8.
func Int8(set string) *Loop {
	if set == "avx512vnni" {
		return &Loop{dot512, 64 * sums}
	}
	return nil
}

func fma512(n int)
func fma256(n int)
func dot512(n int)
