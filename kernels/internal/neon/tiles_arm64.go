//go:build !purego

package neon

// tiles8 and its like add the products of tiles of 8, 16, 24 and 32 rows with a
// vector to sums that stand 32 apart:
//
//	for t := range ntiles {
//		for r := range rows {
//			for k := range depth {
//				acc[t*32+r] = fma(w[t*stride+k*rows+r], x[k], acc[t*32+r])
//			}
//		}
//	}
//
// depth and ntiles are at least 1.

//go:noescape
func tiles8(acc, w *float32, stride int, x *float32, depth, ntiles int)

//go:noescape
func tiles16(acc, w *float32, stride int, x *float32, depth, ntiles int)

//go:noescape
func tiles24(acc, w *float32, stride int, x *float32, depth, ntiles int)

//go:noescape
func tiles32(acc, w *float32, stride int, x *float32, depth, ntiles int)
