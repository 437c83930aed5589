package frontend_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
)

// After undoes Before, also when the model has been in a file.
func TestAfter(t *testing.T) {
	xs := noise(50 * 12)
	for _, specification := range []string{
		"mfcc:" + small, "mfcc:" + small + ",preemphasis=0.9,mean=-3,deviation=2", "mfcc:" + small + ",energy=yes,log=db",
		"mfcc:like=kaldi,rate=8000,window=80,hop=50,coefficients=6,lifter=0",
	} {
		f, err := frontend.Parse(specification)
		require.NoError(t, err)
		features, err := f.Model()
		require.NoError(t, err)
		for _, normalized := range []bool{true, false} {
			m := classifier(6)
			if !normalized {
				m.Normalization = nil
			}
			whole, err := f.Before(m)
			require.NoError(t, err)
			name := filepath.Join(t.TempDir(), "m.rnn")
			require.NoError(t, format.WriteFile(name, whole))
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			whole, err = format.Read(data)
			require.NoError(t, err)
			got, err := f.After(whole)
			require.NoError(t, err, specification)
			require.Nil(t, got.Graph, "it is a stack again")
			require.Equal(t, m.Normalization, got.Normalization)
			made := run(t, features, xs)
			require.Equal(t, run(t, m, made), run(t, got, made), specification)
		}
	}
}

func TestAfterRefusesOtherFrontEnds(t *testing.T) {
	f, err := frontend.Parse("mfcc:" + small)
	require.NoError(t, err)
	whole, err := f.Before(classifier(6))
	require.NoError(t, err)
	for _, specification := range []string{"mfcc:" + small + ",preemphasis=0.9", "mfcc:" + small + ",mean=1", "mel:rate=8000,window=80,hop=50,mels=6", "mfcc:rate=16000,window=80,hop=50,fft=100,mels=12,coefficients=6"} {
		other, err := frontend.Parse(specification)
		require.NoError(t, err)
		_, err = other.After(whole)
		require.ErrorIs(t, err, frontend.ErrModel, specification)
		require.ErrorContains(t, err, "it does not begin with this front end")
	}
	_, err = f.After(classifier(6))
	require.ErrorIs(t, err, frontend.ErrModel)
}
