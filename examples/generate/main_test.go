package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGenerate(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Regexp(t, `^ROMEO:\nLet me dead before the head is all\.\n\nCLARENCE:\n`, out.String())
	require.Len(t, out.String(), len("ROMEO:\n")+300)
}

func TestGenerateEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	require.ErrorIs(t, run(ctx, &out), context.Canceled)
	require.Equal(t, "ROMEO:\n", out.String())
}
