package generic

// LSTMBackward is kernels.Set.LSTMBackward.
func LSTMBackward(dh, dc, tanhC, cprev, gates, dgates []float32) {
	for t := range len(dh) / lanes {
		g := (*[4 * lanes]float32)(gates[t*4*lanes:])
		dg := (*[4 * lanes]float32)(dgates[t*4*lanes:])
		h := (*[lanes]float32)(dh[t*lanes:])
		c := (*[lanes]float32)(dc[t*lanes:])
		tc := (*[lanes]float32)(tanhC[t*lanes:])
		cp := (*[lanes]float32)(cprev[t*lanes:])
		for l := range lanes {
			in, forget, cell, out := g[l], g[lanes+l], g[2*lanes+l], g[3*lanes+l]
			dcl := c[l] + float32(h[l]*out*(1-float32(tc[l]*tc[l])))
			dg[l] = dcl * cell * in * (1 - in)
			dg[lanes+l] = dcl * cp[l] * forget * (1 - forget)
			dg[2*lanes+l] = dcl * in * (1 - float32(cell*cell))
			dg[3*lanes+l] = h[l] * tc[l] * out * (1 - out)
			c[l] = dcl * forget
			h[l] = 0
		}
	}
}

// GRUBackward is kernels.Set.GRUBackward.
func GRUBackward(dh, hprev, gates, din, dstate []float32) {
	for t := range len(dh) / lanes {
		g := (*[4 * lanes]float32)(gates[t*4*lanes:])
		di := (*[3 * lanes]float32)(din[t*3*lanes:])
		ds := (*[3 * lanes]float32)(dstate[t*3*lanes:])
		h := (*[lanes]float32)(dh[t*lanes:])
		hp := (*[lanes]float32)(hprev[t*lanes:])
		for l := range lanes {
			n, r, z, nh := g[l], g[lanes+l], g[2*lanes+l], g[3*lanes+l]
			dn := h[l] * (1 - z) * (1 - float32(n*n))
			dz := h[l] * (hp[l] - n) * z * (1 - z)
			dr := dn * nh * r * (1 - r)
			di[l], di[lanes+l], di[2*lanes+l] = dn, dr, dz
			ds[l], ds[lanes+l], ds[2*lanes+l] = dr, dz, dn*r
			h[l] *= z
		}
	}
}
