package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// If modules.js is not what this program writes, run the program.
func TestModulesAreThoseThatAreKept(t *testing.T) {
	kept, err := os.ReadFile("modules.js")
	require.NoError(t, err)
	require.Equal(t, string(kept), string(script()), "go run . in this folder writes modules.js")
}

// A Go program finds a kernel by its name, and a host the kernel by its place.
func TestKernelsHaveNamesOfTheirOwn(t *testing.T) {
	names := map[string]bool{}
	for _, k := range kernels() {
		require.False(t, names[k.name], k.name)
		names[k.name] = true
	}
}
