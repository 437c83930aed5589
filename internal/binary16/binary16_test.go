package binary16

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRound(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		x    float32
		want uint16
	}{
		{0, 0x0000},
		{float32(math.Copysign(0, -1)), 0x8000},
		{1, 0x3c00},
		{-2, 0xc000},
		{1.0 / 3, 0x3555},
		{65504, 0x7bff},
		{65519.996, 0x7bff},
		{65520, 0x7c00},
		{-65520, 0xfc00},
		{math.MaxFloat32, 0x7c00},
		{inf, 0x7c00},
		{-inf, 0xfc00},
		{0x1p-14, 0x0400},
		{0x1p-24, 0x0001},
		{0x1p-25, 0x0000},         // half of the least: to even
		{0x1.000002p-25, 0x0001},  // and a little more
		{-0x1.8p-24, 0x8002},      // one and a half: to even
		{0x1.ff8p-15, 0x03ff},     // the greatest subnormal
		{0x1.ffcp-15, 0x0400},     // and half a step more: to even
		{1 + 0x1p-11, 0x3c00},     // half a step: to even
		{1 + 0x3p-11, 0x3c02},     // one and a half
		{1 + 0x1.001p-11, 0x3c01}, // more than half
		{math.SmallestNonzeroFloat32, 0},
	} {
		require.Equal(t, c.want, Round(c.x), "%v", c.x)
	}
	nan := Round(float32(math.NaN()))
	require.True(t, math.IsNaN(float64(Value(nan))))
}

// definition is that in IEEE 754.
func definition(h uint16) float64 {
	sign, exponent, fraction := 1-2*float64(h>>15), int(h>>10&31), float64(h&0x3ff)
	switch {
	case exponent == 31 && fraction == 0:
		return sign * math.Inf(1)
	case exponent == 31:
		return math.NaN()
	case exponent == 0:
		return sign * math.Ldexp(fraction, -24)
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

func TestEveryValue(t *testing.T) {
	for bits := range 1 << 16 {
		h := uint16(bits)
		x, want := Value(h), definition(h)
		if math.IsNaN(want) {
			require.True(t, math.IsNaN(float64(x)), "%#04x", h)
			require.Equal(t, h|0x200, Round(x), "a NaN keeps its bits and becomes quiet")
			continue
		}
		if math.Float64bits(float64(x)) != math.Float64bits(want) {
			t.Fatalf("%#04x is %v, not %v", h, want, x)
		}
		if Round(x) != h {
			t.Fatalf("%v is %#04x, not %#04x", x, h, Round(x))
		}
	}
}

// Between every two neighbours lies the middle, and the numbers round it.
func TestRoundGivesTheNearest(t *testing.T) {
	for bits := range 0x7c00 {
		low, high := uint16(bits), uint16(bits+1)
		next := float64(Value(high))
		if high == 0x7c00 {
			next = 65536 // what would come if infinity did not
		}
		middle := float32((float64(Value(low)) + next) / 2)
		even := low + low&1
		for _, c := range []struct {
			x    float32
			want uint16
		}{
			{math.Nextafter32(Value(low), 1e9), low},
			{math.Nextafter32(middle, 0), low},
			{middle, even},
			{math.Nextafter32(middle, 1e9), high},
			{math.Nextafter32(float32(next), 0), high},
		} {
			if got, negative := Round(c.x), Round(-c.x); got != c.want || negative != c.want|0x8000 {
				t.Fatalf("%v gives %#04x and %#04x for its negative, not %#04x", c.x, got, negative, c.want)
			}
		}
	}
}

func TestFinite(t *testing.T) {
	for bits := range 1 << 16 {
		v := float64(Value(uint16(bits)))
		require.Equal(t, !math.IsInf(v, 0) && !math.IsNaN(v), Finite(uint16(bits)), "%#04x", bits)
	}
}

func ExampleRound() {
	h := Round(1.0 / 3)
	fmt.Printf("%#04x %v\n", h, Value(h))
	// Output: 0x3555 0.33325195
}
