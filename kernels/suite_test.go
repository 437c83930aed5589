package kernels_test

import (
	"bytes"
	"flag"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/kernels"
)

var full = flag.Bool("full", false, "try every size and every float32, which takes minutes")

// forEachSet runs a test on every kernel set that is to be tested here, and on three
// threads of each, which share products of any size. want is the generic set, which the
// others must equal bit for bit.
func forEachSet(t *testing.T, test func(t *testing.T, s, want *kernels.Set)) {
	want := generic(t)
	for _, s := range kerneltest.Sets() {
		t.Run(s.Name(), func(t *testing.T) { test(t, s, want) })
		if shared := s.WithThreads(3, 1); shared != s {
			t.Run(s.Name()+" on threads", func(t *testing.T) { test(t, shared, want) })
		}
	}
}

func generic(tb testing.TB) *kernels.Set {
	s, err := kernels.ByName("generic")
	require.NoError(tb, err)
	return s
}

// sizes returns 1 to 129; for the slow generic set only those around powers of
// two, unless all are asked for, and fewer in a short test.
func sizes(s *kernels.Set) []int {
	switch {
	case testing.Short():
		return []int{1, 2, 3, 7, 8, 33, 129}
	case s.Name() == "generic" && !*full:
		return []int{1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 127, 128, 129}
	}
	var all []int
	for n := 1; n <= 129; n++ {
		all = append(all, n)
	}
	return all
}

// requireBits asks for equal bits, except that one NaN is as good as another.
func requireBits(t *testing.T, want, got []float32, msg string, args ...any) {
	t.Helper()
	if bytes.Equal(raw(want), raw(got)) {
		return
	}
	require.Len(t, got, len(want))
	for i := range want {
		if math.Float32bits(want[i]) != math.Float32bits(got[i]) && (want[i] == want[i] || got[i] == got[i]) {
			args = append(args, i, want[i], got[i])
			require.FailNowf(t, "other bits", msg+": element %d: want %x, got %x", args...)
		}
	}
}

// raw returns the bytes of s.
func raw(s []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 4*len(s))
}

var nan = float32(math.NaN())

// specials are the values where arithmetic has its corners.
var specials = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, nan, float32(math.Inf(1)), float32(math.Inf(-1)),
	math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
	0x1p-126, -0x1p-126, 0x1.fffffcp-127, 0x1p-75, 0x1p64, 1 + 0x1p-23, 1 - 0x1p-24, 0x1p24, 0x1p-24,
}

// A source draws the values of tests, always the same ones.
type source struct{ *rand.Rand }

func newSource() source { return source{rand.New(rand.NewPCG(1, 2))} }

// weights fills s with values as they stand in a network.
func (r source) weights(s []float32) {
	for i := range s {
		s[i] = 2*r.Float32() - 1
	}
}

// corners fills s with special values, arbitrary bits and common values.
func (r source) corners(s []float32) {
	for i := range s {
		switch r.IntN(4) {
		case 0:
			s[i] = specials[r.IntN(len(specials))]
		case 1:
			s[i] = math.Float32frombits(r.Uint32())
		default:
			s[i] = 20*r.Float32() - 10
		}
	}
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}
