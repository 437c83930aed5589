package kernels

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/roots"
)

// MaxFFT is the most points that an [FFT] has.
const MaxFFT = 1 << 16

// An FFT is the discrete Fourier transform of n real numbers, and its inverse. It is
// immutable and safe for concurrent use. The same sequence of operations runs on every
// device: see the package comment.
type FFT struct {
	n       int
	radices []int     // of the stages
	roots   []float64 // [n][2]: cos and -sin of 2πj/n
}

// NewFFT returns the transform of n numbers. n is even, at most MaxFFT, and n/2 has no
// prime factors above 7.
func NewFFT(n int) *FFT {
	radices, rest := radicesOf(n / 2)
	if n < 2 || n%2 != 0 || n > MaxFFT || rest != 1 {
		panic(fmt.Sprintf("kernels: a Fourier transform of %d numbers", n))
	}
	f := &FFT{n: n, radices: radices, roots: make([]float64, 2*n)}
	for j := range n {
		re, im := roots.Unity(j, n)
		f.roots[2*j], f.roots[2*j+1] = re, -im
	}
	return f
}

// radicesOf returns the radices of a complex transform, and what they leave of m.
func radicesOf(m int) (radices []int, rest int) {
	for _, p := range [...]int{4, 2, 3, 5, 7} {
		for m > 1 && m%p == 0 {
			radices = append(radices, p)
			m /= p
		}
	}
	return radices, m
}

// Work returns memory for a transform to work in.
func (f *FFT) Work() []float64 { return make([]float64, 2*f.n) }

// Forward sets dst to the transform of src, of at most n numbers, each times that of the
// window, padded with zeros: n/2+1 real parts, and then as many imaginary ones. window
// may be nil. work comes from [FFT.Work].
func (f *FFT) Forward(dst, src []float32, window, work []float64) {
	x, y := work[:f.n], work[f.n:][:f.n]
	for i, v := range src {
		x[i] = float64(v)
	}
	for i, w := range window {
		x[i] = float64(x[i] * w) // rounded, never fused with a sum
	}
	clear(x[len(src):])
	z := f.complex(x, y)
	m := f.n / 2
	re, im := dst[:m+1], dst[m+1:][:m+1]
	re[0], im[0] = float32(z[0]+z[1]), 0
	re[m], im[m] = float32(z[0]-z[1]), 0
	for k := 1; k < m; k++ {
		ar, ai, br, bi := z[2*k], z[2*k+1], z[2*(m-k)], z[2*(m-k)+1]
		er, ei := (ar+br)*0.5, (ai-bi)*0.5
		or, oi := (ai+bi)*0.5, (br-ar)*0.5
		pr, pi := times(or, oi, f.roots[2*k], f.roots[2*k+1])
		re[k], im[k] = float32(er+pr), float32(ei+pi)
	}
}

// Inverse sets dst, at most n numbers, to the first of those whose transform is src,
// each times that of the window. The imaginary parts of the first and the last number of
// src are taken as 0. window may be nil. work comes from [FFT.Work].
func (f *FFT) Inverse(dst, src []float32, window, work []float64) {
	x, y := work[:f.n], work[f.n:][:f.n]
	m := f.n / 2
	re, im := src[:m+1], src[m+1:][:m+1]
	first, last := float64(re[0]), float64(re[m])
	x[1], x[0] = (first+last)*0.5, (first-last)*0.5
	// With the parts exchanged, the transform is the inverse one.
	for k := 1; k < m; k++ {
		ar, ai, br, bi := float64(re[k]), float64(im[k]), float64(re[m-k]), float64(im[m-k])
		er, ei := (ar+br)*0.5, (ai-bi)*0.5
		or, oi := (ar-br)*0.5, (ai+bi)*0.5
		pr, pi := times(or, oi, f.roots[2*k], -f.roots[2*k+1])
		x[2*k+1], x[2*k] = er-pi, ei+pr
	}
	z := f.complex(x, y)
	for i := range dst {
		v := z[i^1] / float64(m)
		if window != nil {
			v *= window[i]
		}
		dst[i] = float32(v)
	}
}

// times returns the product of two complex numbers, in which each operation rounds.
func times(ar, ai, br, bi float64) (re, im float64) {
	return float64(ar*br) - float64(ai*bi), float64(ar*bi) + float64(ai*br)
}

// complex returns the transform of the n/2 complex numbers in x, in x or in y.
func (f *FFT) complex(x, y []float64) []float64 {
	m, stride := f.n/2, 1
	for _, p := range f.radices {
		m /= p
		switch p {
		case 2:
			f.radix2(y, x, m, stride)
		case 4:
			f.radix4(y, x, m, stride)
		default:
			f.radix(p, y, x, m, stride)
		}
		stride *= p
		x, y = y, x
	}
	return x
}

// root returns the factor of result r of butterfly k.
func (f *FFT) root(k, r, stride int) (re, im float64) {
	at := 4 * k * r * stride
	return f.roots[at], f.roots[at+1]
}

// radix2 is a stage of m butterflies of two branches for each of stride
// sequences, from x to y.
func (f *FFT) radix2(y, x []float64, m, stride int) {
	width := 2 * stride
	for k := range m {
		wr, wi := f.root(k, 1, stride)
		a, b := x[k*width:][:width], x[(k+m)*width:][:width]
		to, turned := y[2*k*width:][:width], y[(2*k+1)*width:][:width]
		for q := 0; q < width-1; q += 2 {
			ar, ai, br, bi := a[q], a[q+1], b[q], b[q+1]
			to[q], to[q+1] = ar+br, ai+bi
			turned[q], turned[q+1] = times(ar-br, ai-bi, wr, wi)
		}
	}
}

// radix4 is the same for four branches.
func (f *FFT) radix4(y, x []float64, m, stride int) {
	width := 2 * stride
	for k := range m {
		w1r, w1i := f.root(k, 1, stride)
		w2r, w2i := f.root(k, 2, stride)
		w3r, w3i := f.root(k, 3, stride)
		a, b := x[k*width:][:width], x[(k+m)*width:][:width]
		c, d := x[(k+2*m)*width:][:width], x[(k+3*m)*width:][:width]
		y0, y1 := y[4*k*width:][:width], y[(4*k+1)*width:][:width]
		y2, y3 := y[(4*k+2)*width:][:width], y[(4*k+3)*width:][:width]
		for q := 0; q < width-1; q += 2 {
			sr, si, dr, di := a[q]+c[q], a[q+1]+c[q+1], a[q]-c[q], a[q+1]-c[q+1]
			tr, ti, er, ei := b[q]+d[q], b[q+1]+d[q+1], b[q]-d[q], b[q+1]-d[q+1]
			y0[q], y0[q+1] = sr+tr, si+ti
			y1[q], y1[q+1] = times(dr+ei, di-er, w1r, w1i)
			y2[q], y2[q+1] = times(sr-tr, si-ti, w2r, w2i)
			y3[q], y3[q+1] = times(dr-ei, di+er, w3r, w3i)
		}
	}
}

// radix is the same for p branches.
func (f *FFT) radix(p int, y, x []float64, m, stride int) {
	width, turn := 2*stride, 2*f.n/p
	for k := range m {
		for r := range p {
			wr, wi := f.root(k, r, stride)
			to := y[(p*k+r)*width:][:width]
			for q := 0; q < width-1; q += 2 {
				sr, si := x[k*width+q], x[k*width+q+1]
				for j := 1; j < p; j++ {
					from, at := (k+j*m)*width+q, j*r%p*turn
					pr, pi := times(x[from], x[from+1], f.roots[at], f.roots[at+1])
					sr, si = sr+pr, si+pi
				}
				to[q], to[q+1] = times(sr, si, wr, wi)
			}
		}
	}
}
