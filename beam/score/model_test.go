package score

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// However many bundles use a model, it is open once. It is closed when nobody uses it, and
// another one is opened or the job is over.
func TestAModelIsOpenOnce(t *testing.T) {
	ctx := context.Background()
	korean, vad := Options{Model: "builtin:sentiment-ko"}, Options{Model: "builtin:vad"}
	var a, b, c use
	require.NoError(t, a.begin(ctx, &korean))
	require.NoError(t, b.begin(ctx, &korean))
	require.Same(t, a.model, b.model)
	first := a.model
	classify := func() error {
		_, err := first.NewSession().Classify("최고")
		return err
	}
	a.end()
	a.end() // of a bundle that has ended
	require.NoError(t, c.begin(ctx, &vad))
	require.NoError(t, classify(), "b uses it")
	b.end()
	require.NoError(t, classify(), "it waits for the next bundle")
	require.NoError(t, a.begin(ctx, &korean))
	require.Same(t, first, a.model)
	a.end()
	c.end()
	require.NoError(t, CloseModels())
	require.ErrorIs(t, classify(), rnn.ErrClosed)
	require.Empty(t, models.open)
	require.Error(t, a.begin(ctx, &Options{Model: "none.rnn"}))
	a.end()
}
