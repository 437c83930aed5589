package kerneltest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/kernels"
)

func TestSets(t *testing.T) {
	t.Setenv(kerneltest.Required, "")
	require.Equal(t, kernels.Available(), kerneltest.Sets())

	t.Setenv(kerneltest.Required, "generic")
	require.Equal(t, kernels.Available()[len(kernels.Available())-1:], kerneltest.Sets())

	for _, names := range []string{"abacus", "generic,abacus", "generic,", "vfp,rvv,neon"} {
		t.Setenv(kerneltest.Required, names)
		require.Panics(t, func() { kerneltest.Sets() }, names)
	}
}
