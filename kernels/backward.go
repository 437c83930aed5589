package kernels

// LSTMBackward is the derivative of [Set.LSTMCell]. dh and dc hold the gradients
// of h and c, and get those of the previous state: dh is left at zero, for the
// product with the transposed weights to add to. gates are the accumulators that
// LSTMCell left, tanhC is tanh(c), and dgates gets the gradients of the sums.
// For unit u in lane l of tile t, with a = gates[t*TileRows:] and d =
// dgates[t*TileRows:], every operation rounded:
//
//	i, f, g, o := a[l], a[8+l], a[16+l], a[24+l]
//	x := dc[u] + dh[u]*o*(1-tanhC[u]*tanhC[u])
//	d[l] = x*g*i*(1-i)
//	d[8+l] = x*cprev[u]*f*(1-f)
//	d[16+l] = x*i*(1-g*g)
//	d[24+l] = dh[u]*tanhC[u]*o*(1-o)
//	dc[u], dh[u] = x*f, 0
//
// All hold the units padded to [Lanes], and none overlaps another.
func (s *Set) LSTMBackward(dh, dc, tanhC, cprev, gates, dgates []float32) {
	n := len(dh)
	checkUnits(n)
	dc, tanhC, cprev = prefix(dc, n), prefix(tanhC, n), prefix(cprev, n)
	gates, dgates = prefix(gates, n/Lanes*TileRows), prefix(dgates, n/Lanes*TileRows)
	raceRead(tanhC)
	raceRead(cprev)
	raceRead(gates)
	raceWrite(dh)
	raceWrite(dc)
	raceWrite(dgates)
	s.impl.lstmBackward(dh, dc, tanhC, cprev, gates, dgates)
}

// GRUBackward is the derivative of [Set.GRUCell]. dh holds the gradient of h, and
// gets the part of hprev's gradient that the blend passes on. gates are the
// accumulators that GRUCell left. din gets the gradients of the sums over the
// input, and dstate of those over the state. For unit u in lane l of tile t, with
// a = gates[t*TileRows:], i = din[t*24:] and d = dstate[t*24:], every operation
// rounded:
//
//	n, r, z, nh := a[l], a[8+l], a[16+l], a[24+l]
//	i[l] = dh[u]*(1-z)*(1-n*n)
//	i[8+l] = i[l]*nh*r*(1-r)
//	i[16+l] = dh[u]*(hprev[u]-n)*z*(1-z)
//	d[l], d[8+l], d[16+l] = i[8+l], i[16+l], i[l]*r
//	dh[u] = dh[u]*z
//
// All hold the units padded to [Lanes], and none overlaps another.
func (s *Set) GRUBackward(dh, hprev, gates, din, dstate []float32) {
	n := len(dh)
	checkUnits(n)
	hprev, gates = prefix(hprev, n), prefix(gates, n/Lanes*TileRows)
	din, dstate = prefix(din, 3*n), prefix(dstate, 3*n)
	raceRead(hprev)
	raceRead(gates)
	raceWrite(dh)
	raceWrite(din)
	raceWrite(dstate)
	s.impl.gruBackward(dh, hprev, gates, din, dstate)
}
