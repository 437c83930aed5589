package cli_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/kernels"
)

func TestBuildVersion(t *testing.T) {
	chosen, err := kernels.Default()
	require.NoError(t, err)
	require.Equal(t, cli.Version()+", "+runtime.Version()+", kernels "+chosen.Name(), cli.BuildVersion())
	require.Contains(t, cli.Version(), " "+runtime.GOOS+"/"+runtime.GOARCH)
}

func TestBuildVersionNamesTheChosenKernels(t *testing.T) {
	t.Setenv(kernels.EnvVar, "generic")
	require.Contains(t, cli.BuildVersion(), ", kernels generic")
	t.Setenv(kernels.EnvVar, "abacus")
	require.Contains(t, cli.BuildVersion(), ", kernels none")
}
