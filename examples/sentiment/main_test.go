package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestSentiment(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(&out, []string{"또 보고 싶어요", "돈이 아깝다"}))
	require.Equal(t, `또 보고 싶어요: positive, negative 0.04, positive 0.96
돈이 아깝다: negative, negative 0.98, positive 0.02
`, out.String())
	require.ErrorIs(t, run(&out, []string{""}), rnn.ErrNoSteps)
}
