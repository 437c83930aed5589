package kernels

// sumLanes is the number of lanes of a sum.
const sumLanes = 16

// Sum returns the sum of x in 16 lanes (lane l adds i = l, l+16, … in that order),
// which are then added as a tree: l+8, l+4, l+2, l+1.
func Sum(x []float32) float32 {
	var sum [sumLanes]float32
	for len(x) >= sumLanes {
		for l, v := range x[:sumLanes] {
			sum[l] += v
		}
		x = x[sumLanes:]
	}
	for l, v := range x {
		sum[l] += v
	}
	return tree(&sum)
}

// SumSquares returns the sum of x[i]*x[i], each rounded, in the order of [Sum].
func SumSquares(x []float32) float32 {
	var sum [sumLanes]float32
	for len(x) >= sumLanes {
		for l, v := range x[:sumLanes] {
			sum[l] += float32(v * v) // rounded, never fused with the sum
		}
		x = x[sumLanes:]
	}
	for l, v := range x {
		sum[l] += float32(v * v)
	}
	return tree(&sum)
}

// tree adds the lanes of a sum.
func tree(sum *[sumLanes]float32) float32 {
	for n := sumLanes / 2; n > 0; n /= 2 {
		for l := range n {
			sum[l] += sum[l+n]
		}
	}
	return sum[0]
}
