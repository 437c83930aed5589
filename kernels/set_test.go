package kernels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/kernels"
)

// A set that no machine runs would pass every test.
func TestThisCPURunsTheRequiredSets(t *testing.T) {
	require.NotPanics(t, func() { kerneltest.Sets() })
}

func TestSets(t *testing.T) {
	all, available := kernels.All(), kernels.Available()
	require.Subset(t, all, available)
	require.Equal(t, "generic", available[len(available)-1].Name(), "the last resort")
	require.Equal(t, available[0], kernels.Best())
	for _, s := range all {
		require.NotEmpty(t, s.Requires())
		got, err := kernels.ByName(s.Name())
		if s.Supported() {
			require.NoError(t, err)
			require.Equal(t, s, got)
		} else {
			require.ErrorIs(t, err, kernels.ErrUnsupported)
		}
	}
	_, err := kernels.ByName("abacus")
	require.ErrorIs(t, err, kernels.ErrUnknownSet)
	require.ErrorContains(t, err, "generic")
}

func TestDefault(t *testing.T) {
	t.Run("the best", func(t *testing.T) {
		t.Setenv(kernels.EnvVar, "")
		s, err := kernels.Default()
		require.NoError(t, err)
		require.Equal(t, kernels.Best(), s)
	})
	t.Run("by name", func(t *testing.T) {
		t.Setenv(kernels.EnvVar, "generic")
		s, err := kernels.Default()
		require.NoError(t, err)
		require.Equal(t, "generic", s.Name())
	})
	t.Run("unknown", func(t *testing.T) {
		t.Setenv(kernels.EnvVar, "abacus")
		_, err := kernels.Default()
		require.ErrorIs(t, err, kernels.ErrUnknownSet)
		require.ErrorContains(t, err, kernels.EnvVar)
	})
}

func TestCPU(t *testing.T) {
	for name, features := range map[string][]string{"avx2": {"AVX2", "FMA3"}, "neon": {"ASIMD"}, "vfpv4": {"VFPV4", "NEON"}, "rvv": {"RV_V"}} {
		if _, err := kernels.ByName(name); err == nil {
			require.Subset(t, kernels.CPU().Features, features)
		}
	}
}
