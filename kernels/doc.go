// Package kernels holds the vector arithmetic of recurrent networks: the
// products of packed weight matrices with vectors, the cells' state updates,
// and tanh, sigmoid, exp and softmax. There is one [Set] of the same functions
// for each instruction set; all of them give the same bits.
//
// # Canonical arithmetic
//
// The result of a function is fixed down to the last bit, so that a model gives
// the same outputs on every device:
//
//   - A row's sum starts at its bias, and then acc = fma(w[k], x[k], acc) for
//     the layer's input in ascending k, then for the previous state in
//     ascending k: one chain per row. Speed comes from many rows at once.
//   - fma rounds once. If a CPU has no instruction for it, it is emulated exactly
//     (see [FMA]).
//   - exp, sigmoid, tanh and softmax are fixed sequences of IEEE operations,
//     written out in the comments of the functions.
//   - A sum across lanes has a fixed order: 16 lanes, then a fixed tree.
//   - NaN stays NaN. Which NaN (sign and payload) is not part of the
//     definition: the instruction sets differ there. There is no int8 for NaN,
//     so a quantized vector that holds one has NaN for its scale; infinities
//     become ±127, and count as the greatest float32 if the scale is chosen by
//     them.
//
// # Fourier transforms
//
// An [FFT] computes in float64, each operation rounded, and rounds its results to
// float32 once. A product of complex numbers is ar*br - ai*bi and ar*bi + ai*br. The
// roots of unity w[j] = exp(-2πij/n) are a fixed sequence of operations, too. The n
// real numbers, each first multiplied by the window, form m = n/2 complex ones in
// pairs, z[k] = x[2k] + i x[2k+1]. They go through stages of radix 4, as often as it
// divides m, then 2, 3, 5 and 7. A stage of radix p has stride s, the product of the
// radices before it, and l = m/(p s). For k < l, q < s and r < p
//
//	y[(p k + r) s + q] = w[2 k r s] (z[k s + q] + Σ w[n/p (j r mod p)] z[(k + j l) s + q])
//
// over j from 1 to p-1 ascending. The sums of radix 4 are those of pairs: z0 ± z2 and
// z1 ± z3. In the end, with c the conjugate of z[m-k],
//
//	X[k] = (z[k] + c)/2 + w[k] (z[k] - c)/2i
//
// and X[0] and X[m] are the sum and the difference of the parts of z[0]. The inverse
// takes these steps back: z[k] = (X[k] + c)/2 + i (X[k] - c)/2 / w[k], with c the
// conjugate of X[m-k]; the same stages, with real and imaginary parts exchanged before
// and after; a division by m, and the product with the window.
//
// # Packed matrices
//
// Rows are packed in tiles, so that a vector register holds [Lanes] rows and
// the kernel broadcasts x[k]. A tile of R rows is stored as [k][R]. R is 32 for
// plain matrices (dense heads, vanilla RNN), of which the last tile may be
// narrower (8, 16 or 24 rows), and gates*8 if the gates of a unit are
// interleaved:
//
//	RNN, dense  [tile][k][32]       32 units
//	LSTM        [tile][k][i f g o][8]   8 units, R = 32
//	GRU         [tile][k][3][8]         8 units, R = 24
//
// Accumulators stand in the same order, with [TileRows] floats for a tile:
//
//	RNN, dense  [tile][32]
//	LSTM        [tile][i f g o][8]
//	GRU         [tile][nx r z nh][8]
//
// The GRU's new gate needs two sums, one over the input (nx) and one over the
// state (nh), since the reset gate scales only the latter. Its columns for the
// input hold the gates in the order n r z, and its columns for the state in the
// order r z n, so either part of a tile is 24 accumulators side by side: the
// first starting at nx, the second at r, which is offset [Lanes].
package kernels
