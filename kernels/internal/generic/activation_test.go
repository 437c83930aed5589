package generic

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	nan  = float32(math.NaN())
	inf  = float32(math.Inf(1))
	zero = float32(0)
)

const (
	denormal = 0x1p-149 // the least float32 above 0
	greatest = math.MaxFloat32
)

// sample returns every step-th float32 that is not NaN, in ascending order.
func sample(step int64) []float32 {
	var xs []float32
	for i := int64(-1 << 31); i < 1<<31; i += step {
		bits := uint32(i)
		if i < 0 {
			bits = ^bits | 1<<31
		}
		if x := math.Float32frombits(bits); x == x {
			xs = append(xs, x)
		}
	}
	return xs
}

func TestActivationsOfSpecialValues(t *testing.T) {
	for _, test := range []struct {
		name    string
		f       func(x float32) float32
		x, want float32
	}{
		{"tanh", tanh, 0, 0},
		{"tanh", tanh, -zero, -zero},
		{"tanh", tanh, denormal, denormal},
		{"tanh", tanh, -denormal, -denormal},
		{"tanh", tanh, 0x1.fffffcp-127, 0x1.fffffcp-127},
		{"tanh", tanh, 0x1.fffffep-14, 0x1.fffffep-14},
		{"tanh", tanh, tanhMax, 1},
		{"tanh", tanh, -tanhMax, -1},
		{"tanh", tanh, greatest, 1},
		{"tanh", tanh, -greatest, -1},
		{"tanh", tanh, inf, 1},
		{"tanh", tanh, -inf, -1},
		{"tanh", tanh, nan, nan},

		{"sigmoid", sigmoid, 0, 0.5},
		{"sigmoid", sigmoid, -zero, 0.5},
		{"sigmoid", sigmoid, denormal, 0.5},
		{"sigmoid", sigmoid, -denormal, 0.5},
		{"sigmoid", sigmoid, 2 * tanhMax, 1},
		{"sigmoid", sigmoid, -2 * tanhMax, 0},
		{"sigmoid", sigmoid, greatest, 1},
		{"sigmoid", sigmoid, -greatest, 0},
		{"sigmoid", sigmoid, inf, 1},
		{"sigmoid", sigmoid, -inf, 0},
		{"sigmoid", sigmoid, nan, nan},

		{"exp", exp, 0, 1},
		{"exp", exp, -zero, 1},
		{"exp", exp, denormal, 1},
		{"exp", exp, 1, math.E},
		{"exp", exp, 88.72283, 0x1.ffff08p127},
		{"exp", exp, 88.72284, inf},
		{"exp", exp, greatest, inf},
		{"exp", exp, inf, inf},
		{"exp", exp, -87.33655, 0x1.ffff98p-127},
		{"exp", exp, -103.97207, denormal},
		{"exp", exp, -103.97209, 0},
		{"exp", exp, -104, 0},
		{"exp", exp, -greatest, 0},
		{"exp", exp, -inf, 0},
		{"exp", exp, nan, nan},

		{"log", Log, 1, 0},
		{"log", Log, 0, -inf},
		{"log", Log, -zero, -inf},
		{"log", Log, -denormal, nan},
		{"log", Log, denormal, -103.27893},
		{"log", Log, 0x1p-126, -87.33655},
		{"log", Log, 0.5, -math.Ln2},
		{"log", Log, math.E, 1},
		{"log", Log, greatest, 88.72284},
		{"log", Log, inf, inf},
		{"log", Log, -inf, nan},
		{"log", Log, nan, nan},

		{"ReLU", relu, 0, 0},
		{"ReLU", relu, -zero, 0},
		{"ReLU", relu, denormal, denormal},
		{"ReLU", relu, -denormal, 0},
		{"ReLU", relu, inf, inf},
		{"ReLU", relu, -inf, 0},
		{"ReLU", relu, nan, nan},
	} {
		requireBits(t, test.want, test.f(test.x), "%s(%v)", test.name, test.x)
	}
}

func relu(x float32) float32 {
	y := []float32{x}
	ReLU(y, y)
	return y[0]
}

func requireBits(t *testing.T, want, got float32, format string, args ...any) {
	t.Helper()
	bothNaN := want != want && got != got // which NaN is not defined
	if !bothNaN && math.Float32bits(want) != math.Float32bits(got) {
		require.Failf(t, "wrong bits", "%s = %v (%x), want %v (%x)", fmt.Sprintf(format, args...), got, got, want, want)
	}
}

// TestActivationsAreAccurate holds a part of the float32 values to the bounds
// that kernels/accuracy measured over all of them.
func TestActivationsAreAccurate(t *testing.T) {
	for _, test := range []struct {
		name     string
		f        func(x float32) float32
		exact    func(x float64) float64
		abs, ulp float64
	}{
		{"tanh", tanh, math.Tanh, 1.8e-7, 5},
		{"sigmoid", sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 1.2e-7, math.Inf(1)},
		{"exp", exp, math.Exp, math.Inf(1), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, x := range sample(40009) {
				got, want := test.f(x), test.exact(float64(x))
				if got == float32(want) {
					continue
				}
				_, e := math.Frexp(want)
				ulp := math.Ldexp(1, max(e-24, -149))
				err := math.Abs(float64(got) - want)
				if !(err <= test.abs && err <= test.ulp*ulp) {
					require.Failf(t, "inaccurate", "%s(%v) = %v, want %v: off by %.3g, %.3g ulp",
						test.name, x, got, want, err, err/ulp)
				}
			}
		})
	}
}

// TestActivationsKeepTheirBits holds the definitions fast, on every platform:
// other bits would make the goldens inside model files wrong. The numbers are
// FNV-1a hashes of the results' bits.
func TestActivationsKeepTheirBits(t *testing.T) {
	for _, test := range []struct {
		name string
		f    func(dst, src []float32)
		want uint64
	}{
		{"tanh", Tanh, 0x012746f0b9ff1cb4},
		{"sigmoid", Sigmoid, 0x546b478bc6cb49fc},
		{"exp", Exp, 0x45972769e62a5948},
		{"softmax", softmaxOfRows, 0xa497b6f2c7d93483},
	} {
		t.Run(test.name, func(t *testing.T) {
			xs := sample(50021)
			ys := make([]float32, len(xs))
			test.f(ys, xs)
			hash := fnv.New64a()
			for _, y := range ys {
				_ = binary.Write(hash, binary.LittleEndian, y)
			}
			require.Equal(t, test.want, hash.Sum64(), "%#x", hash.Sum64())
		})
	}
}

// softmaxOfRows takes the softmax of rows of 1, 2, 3 … elements, which depend on
// the index alone.
func softmaxOfRows(dst, _ []float32) {
	for i := range dst {
		dst[i] = float32(i%1009*(i%1009)%1009) / 60
	}
	for n := 1; n <= len(dst); n++ {
		Softmax(dst[:n], dst[:n])
		dst = dst[n:]
	}
}

func TestTanhIsOddAndWithinOne(t *testing.T) {
	for _, x := range sample(50021) {
		y := tanh(x)
		if y < -1 || y > 1 {
			require.Failf(t, "out of range", "tanh(%v) = %v", x, y)
		}
		requireBits(t, -y, tanh(-x), "tanh(%v)", -x)
	}
}

// TestSigmoidIsHalfAngleTanh shows that the powers of two in the coefficients
// change no bit.
func TestSigmoidIsHalfAngleTanh(t *testing.T) {
	for _, x := range sample(50021) {
		requireBits(t, FMA(0.5, tanh(0.5*x), 0.5), sigmoid(x), "sigmoid(%v)", x)
	}
}

// TestActivationsAscend allows tanh and sigmoid to fall back by the rounding of
// their steps, but no further, and exp not at all at this distance.
func TestActivationsAscend(t *testing.T) {
	for _, test := range []struct {
		name string
		f    func(x float32) float32
		slip float32
	}{
		{"tanh", tanh, 3e-7},
		{"sigmoid", sigmoid, 1.8e-7},
		{"exp", exp, 0},
	} {
		top := -inf
		for _, x := range sample(50021) {
			y := test.f(x)
			if y < top-test.slip {
				require.Failf(t, "descends", "%s(%v) = %v, after %v", test.name, x, y, top)
			}
			top = max(top, y)
		}
	}
}

func TestSoftmax(t *testing.T) {
	third := float32(1) / 3
	for _, test := range []struct {
		name      string
		src, want []float32
	}{
		{"nothing", nil, nil},
		{"one", []float32{-7}, []float32{1}},
		{"equals", []float32{2, 2, 2}, []float32{third, third, third}},
		{"zeros of both signs", []float32{0, -zero}, []float32{0.5, 0.5}},
		{"great values", []float32{greatest, greatest, -greatest}, []float32{0.5, 0.5, 0}},
		{"minus infinity counts for nothing", []float32{-inf, 3, -inf, 3}, []float32{0, 0.5, 0, 0.5}},
		{"all minus infinity", []float32{-inf, -inf}, []float32{nan, nan}},
		{"infinity", []float32{0, inf}, []float32{nan, nan}},
		{"NaN", []float32{0, nan, 1}, []float32{nan, nan, nan}},
		{"NaN first", []float32{nan, 0}, []float32{nan, nan}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := make([]float32, len(test.src))
			Softmax(got, test.src)
			require.Len(t, got, len(test.want))
			for i := range got {
				requireBits(t, test.want[i], got[i], "element %d", i)
			}
		})
	}
}

// TestSoftmaxSumsInLanes compares with the definition, written out for 35
// elements: 16 lanes, of which the first three add three elements, and the
// others two.
func TestSoftmaxSumsInLanes(t *testing.T) {
	src := make([]float32, 35)
	e := make([]float32, len(src))
	for i := range src {
		src[i] = -float32(i*i%23) / 7
		e[i] = exp(src[i])
	}
	lane := func(l int) float32 {
		s := e[l] + e[l+16]
		if l < 3 {
			s += e[l+32]
		}
		return s
	}
	eight := func(l int) float32 { return lane(l) + lane(l+8) }
	four := func(l int) float32 { return eight(l) + eight(l+4) }
	sum := (four(0) + four(2)) + (four(1) + four(3))

	got := make([]float32, len(src))
	Softmax(got, src)
	for i := range got {
		requireBits(t, e[i]/sum, got[i], "element %d", i)
	}
}
