package generic

import (
	"flag"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

var full = flag.Bool("full", false, "try a hundred times as many values")

// exact returns x*y + z, computed exactly and rounded once.
func exact(x, y, z float32) float32 {
	// A product of float32 has 48 bits between 2^-298 and 2^256; so 600 bits
	// hold every sum.
	sum := new(big.Float).SetPrec(600)
	sum.Mul(big.NewFloat(float64(x)), big.NewFloat(float64(y)))
	sum.Add(sum, big.NewFloat(float64(z)))
	if sum.Sign() == 0 {
		return x*y + z // the sign of zero; nothing is rounded here
	}
	r, _ := sum.Float32()
	return r
}

func requireFMA(t *testing.T, x, y, z float32) {
	want, got := exact(x, y, z), FMA(x, y, z)
	if math.Float32bits(want) != math.Float32bits(got) {
		require.Failf(t, "wrong", "FMA(%x, %x, %x) = %x, want %x", x, y, z, got, want)
	}
}

func count(n int) int {
	if *full {
		return 100 * n
	}
	return n
}

func finite(r *rand.Rand) float32 {
	for {
		if f := math.Float32frombits(r.Uint32()); f-f == 0 {
			return f
		}
	}
}

// TestFMAIsExact tries values whose sum lies near the middle of two float32,
// where rounding twice goes wrong, in the normal, the denormal and the
// overflowing range.
func TestFMAIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	tests := []struct {
		name string
		draw func() (x, y, z float32)
	}{
		{"any bits", func() (x, y, z float32) {
			return finite(r), finite(r), finite(r)
		}},
		{"z near the product", func() (x, y, z float32) {
			x, y = finite(r), finite(r)
			z = float32(math.Ldexp(float64(x)*float64(y), r.IntN(60)-30))
			if z-z != 0 {
				z = 0
			}
			return x, y, z
		}},
		{"product near half an ulp of z", func() (x, y, z float32) {
			z = finite(r)
			half := (float64(math.Nextafter32(z, math.MaxFloat32)) - float64(z)) / 2
			x = 1 + float32(r.IntN(5)-2)*0x1p-23
			y = float32(math.Ldexp(1, r.IntN(3)-1)) * (1 + float32(r.IntN(5)-2)*0x1p-23)
			// half is a power of two; if it is below float32, x takes a part.
			e := math.Ilogb(half)
			return float32(math.Ldexp(float64(x), e/2)), float32(math.Ldexp(float64(y), e-e/2)), z
		}},
		{"product off a power of two by less than float64 can tell", func() (x, y, z float32) {
			d := math.Ldexp(1, -8-r.IntN(15)) // (1+d)(1-d) = 1-d²
			scale := math.Ldexp(1, -24+r.IntN(3)-1)
			z = math.Float32frombits(math.Float32bits(1) + r.Uint32N(1<<23))
			return float32(1 + d), float32((1 - d) * scale), z
		}},
		{"product of 25 bits, a tiny bit off by z", func() (x, y, z float32) {
			x = 0x1p12 + float32(r.IntN(1<<12)|1)
			y = 0x1p12 + float32(r.IntN(1<<12)|1)
			return x, y, float32(math.Ldexp(float64(r.IntN(3)-1), -r.IntN(149)))
		}},
		{"denormal results", func() (x, y, z float32) {
			x = float32(math.Ldexp(float64(r.IntN(1<<24)), -90-r.IntN(30)))
			y = float32(math.Ldexp(float64(r.IntN(1<<24)-1<<23), -80-r.IntN(30)))
			return x, y, math.Float32frombits(r.Uint32N(1<<25) | r.Uint32N(2)<<31)
		}},
		{"at the limit of overflow", func() (x, y, z float32) {
			x = float32(math.Ldexp(1+float64(r.IntN(5)-2)*0x1p-23, 64))
			y = float32(math.Ldexp(1+float64(r.IntN(5)-2)*0x1p-23, 39))
			return x, y, math.MaxFloat32
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range count(50_000) {
				x, y, z := tt.draw()
				requireFMA(t, x, y, z)
				requireFMA(t, -x, y, z)
			}
		})
	}
}

// TestFMADiffersFromTwoRoundings holds one case for each way to get it wrong.
func TestFMADiffersFromTwoRoundings(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	zero, minusZero := float32(0), float32(math.Copysign(0, -1))
	tests := []struct {
		name          string
		x, y, z, want float32
	}{
		{"product rounded first", 1 + 0x1p-12, 1 + 0x1p-12, -1 - 0x1p-11, 0x1p-24},
		{"sum rounded to float64 first", 0x1p-30, 0x1p-30, 1 + 0x1p-23, 1 + 0x1p-23},
		{"just above a midpoint", 1 + 0x1p-23, 0x1p-24 * (1 + 0x1p-23), 1, 1 + 0x1p-23},
		{"below a midpoint by less than float64 can tell", 1 + 0x1p-18, 0x1p-24 * (1 - 0x1p-18), 1 + 0x1p-23, 1 + 0x1p-23},
		{"above a midpoint by less than float64 can tell", 1 + 0x1p-18, -0x1p-24 * (1 - 0x1p-18), 1 + 0x1p-23, 1 + 0x1p-23},
		{"product is a midpoint, tiny sum below", 4099, 4097, -0x1p-140, 4099*4097 - 1},
		{"product is a midpoint, tiny sum above", 4097, 4097, 0x1p-140, 4097*4097 + 1},
		{"midpoint to even", 0x1p-12, 0x1p-12, 1, 1},
		{"midpoint to even, upwards", 0x1p-12, 0x1p-12, 1 + 0x1p-23, 1 + 0x1p-22},
		{"half of the least denormal", 0x1p-75, 0x1p-75, 0, 0},
		{"more than half of the least denormal", 0x1p-75, 0x1.000002p-75, 0, 0x1p-149},
		{"overflow", math.MaxFloat32, 2, 0, inf},
		{"no overflow on the way", math.MaxFloat32, 2, -math.MaxFloat32, math.MaxFloat32},
		{"infinite product", inf, 2, -math.MaxFloat32, inf},
		{"infinite sum", 1, 2, -inf, -inf},
		{"infinities that cancel", inf, 1, -inf, nan},
		{"infinity times zero", inf, 0, 1, nan},
		{"NaN", nan, 1, 1, nan},
		{"NaN in the sum", 1, 1, nan, nan},
		{"zeros", minusZero, 1, minusZero, minusZero},
		{"zeros of two signs", minusZero, 1, 0, 0},
		{"exact cancellation", 3, 5, -15, zero},
	}
	for _, tt := range tests {
		got := FMA(tt.x, tt.y, tt.z)
		if tt.want != tt.want {
			require.True(t, got != got, tt.name)
			continue
		}
		require.Equal(t, math.Float32bits(tt.want), math.Float32bits(got), "%s: %x", tt.name, got)
	}
}
