package trainer

// blendBackward is the derivative of the last step of a GRU with reset before
// the product, whose gates are r, z and n of every unit. It leaves r to
// resetBeforeBackward.
func blendBackward(dh, hprev, gates, din []float32) {
	u := len(dh)
	zs, ns := gates[u:2*u], gates[2*u:3*u]
	for i, g := range dh {
		z, n := zs[i], ns[i]
		din[u+i] = g * (hprev[i] - n) * z * (1 - z)
		din[2*u+i] = g * (1 - z) * (1 - float32(n*n))
		dh[i] = g * z
	}
}
