package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStreams(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(&out, 100))
	require.Equal(t, "50 positive, 50 negative\n", out.String())
}
