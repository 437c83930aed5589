package main

import (
	"bytes"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
)

// TestErrorsAreWithinThePublishedBounds measures a part of the values with
// every set. The bounds are those of docs/activations.md, found over all.
func TestErrorsAreWithinThePublishedBounds(t *testing.T) {
	bounds := map[string]struct{ abs, ulp float64 }{
		"tanh":    {1.8e-7, 5},
		"sigmoid": {1.2e-7, math.Inf(1)},
		"exp":     {math.Inf(1), 1},
		"log":     {math.Inf(1), 0.9},
		// Softplus is as precise as its results are great.
		"softplus": {math.Inf(1), 3},
	}
	for _, set := range kerneltest.Sets() {
		for _, f := range functions {
			t.Run(set.Name()+"/"+f.name, func(t *testing.T) {
				r := f.measure(set, 40009, new(atomic.Uint64))
				require.Less(t, r.abs.size, bounds[f.name].abs)
				require.Less(t, r.ulp.size, bounds[f.name].ulp)
				require.Zero(t, r.outside)
				require.Zero(t, r.wrongNaN)
			})
		}
	}
}

func TestCompareFindsWhatIsWrong(t *testing.T) {
	f := function{exact: func(x float64) float64 { return x }, low: 0, high: 4}
	nan := float32(math.NaN())
	var r report
	f.compare(&r, []float32{0, 1, 2, 3, 4, nan}, []float32{0, 1.5, 1, nan, 4.5, nan})
	require.Equal(t, report{
		abs:      peak{1, 2},
		ulp:      peak{0x1p22, 1},
		drops:    1,
		drop:     peak{0.5, 2},
		outside:  1,
		wrongNaN: 1,
	}, r)
}

func TestAscendingPassesEveryValueInOrder(t *testing.T) {
	require.True(t, math.IsNaN(float64(ascending(0))))
	require.True(t, math.IsNaN(float64(ascending(math.MaxUint32))))
	require.Equal(t, float32(math.Inf(-1)), ascending(1<<23-1))
	require.Equal(t, float32(-math.MaxFloat32), ascending(1<<23))
	require.Equal(t, math.Float32bits(float32(math.Copysign(0, -1))), math.Float32bits(ascending(1<<31-1)))
	require.Equal(t, uint32(0), math.Float32bits(ascending(1<<31)))
	require.Equal(t, float32(0x1p-149), ascending(1<<31+1))
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string
	}{
		{"a table", []string{"--step", "1000003", "--sets", "generic"}, 0, "generic  sigmoid", "generic exp: done"},
		{"no such set", []string{"--sets", "mmx"}, 1, "", `unknown kernel set "mmx"`},
		{"step of nothing", []string{"--step", "0"}, 2, "", "--step: must be 1 or more"},
		{"argument", []string{"tanh"}, 2, "", "unexpected argument \"tanh\""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, test.status, run(test.args, &stdout, &stderr))
			require.Contains(t, stdout.String(), test.stdout)
			require.Contains(t, stderr.String(), test.stderr)
			require.Equal(t, test.status == 0, strings.HasPrefix(stdout.String(), "set "))
		})
	}
}
