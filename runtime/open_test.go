package runtime_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestFilesGiveTheBitsOfTheirModels(t *testing.T) {
	t.Parallel()
	for _, s := range shapes() {
		t.Run(s.String(), func(t *testing.T) {
			in := inputOf(s, 20)
			want := run(t, s, in)
			path := filepath.Join(t.TempDir(), "model.rnn")
			require.NoError(t, format.WriteFile(path, s.Model()))
			data, err := os.ReadFile(path)
			require.NoError(t, err)

			opened, err := rnn.Open(path)
			require.NoError(t, err)
			defer opened.Close()
			loaded, err := rnn.Load(data)
			require.NoError(t, err)
			shifted, err := rnn.Load(append([]byte{0}, data...)[1:]) // off by one byte
			require.NoError(t, err)
			for _, m := range []*rnn.Model{opened, loaded, shifted} {
				session := m.NewSession()
				y, err := in.run(session)
				require.NoError(t, err)
				require.Equal(t, want, append(bits(y), position(session)...))
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	_, err := rnn.Open(filepath.Join(t.TempDir(), "none.rnn"))
	require.ErrorIs(t, err, fs.ErrNotExist)

	_, err = rnn.Load([]byte("not a model, but some text that is long enough to hold a header of a file"))
	require.ErrorIs(t, err, format.ErrNotModel)

	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, reviews(2, format.OutputSoftmax)))
	_, err = rnn.Open(path, rnn.WithKernels("abacus"))
	require.ErrorIs(t, err, kernels.ErrUnknownSet)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = rnn.Load(data, rnn.WithKernels("abacus"))
	require.ErrorIs(t, err, kernels.ErrUnknownSet)
}

func TestTheMemoryOfALargeFileStaysAsLongAsASessionDoes(t *testing.T) {
	m, err := rnn.Open(savedLarge(t, reviews(2, format.OutputSoftmax, "no", "yes")))
	require.NoError(t, err)
	want, err := m.NewSession().Classify("abcd")
	require.NoError(t, err)
	session := m.NewSession()
	for range 3 {
		m = nil // only the session refers to the model
		runtime.GC()
		got, err := session.Classify("abcd")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.NoError(t, session.Model().Close())
	_, err = session.Classify("abcd")
	require.ErrorIs(t, err, rnn.ErrClosed)
	session = nil
	for range 3 {
		runtime.GC()
	}
	require.Contains(t, []string{"no", "yes"}, want.Label, "a label outlives its model")
}
