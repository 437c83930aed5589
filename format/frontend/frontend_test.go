package frontend_test

import (
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/kernels"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// goldens returns the arrays that testdata/generate.py computed in float64, and the
// samples within ±1.
func goldens(t *testing.T) (arrays map[string]*npy.Array, samples []float32) {
	data, err := os.ReadFile("testdata/goldens.npz")
	require.NoError(t, err)
	list, err := npy.ReadArchive(data)
	require.NoError(t, err)
	arrays = map[string]*npy.Array{}
	for i := range list {
		arrays[list[i].Name] = &list[i]
	}
	for _, v := range arrays["samples"].Numbers() {
		samples = append(samples, v/32768)
	}
	return arrays, samples
}

// features runs a front end over samples, step by step, and returns its frames.
func features(t *testing.T, f *frontend.FrontEnd, set string, samples []float32) (frames [][]float32) {
	t.Helper()
	d, err := f.Model()
	require.NoError(t, err)
	m, err := runtime.New(d, runtime.WithKernels(set))
	require.NoError(t, err)
	s := m.NewSession()
	for ; len(samples) >= f.Hop; samples = samples[f.Hop:] {
		y, err := s.Step(samples[:f.Hop])
		require.NoError(t, err)
		frames = append(frames, slices.Clone(y))
	}
	return frames
}

// The features are those of the frameworks, from the step on in which all samples are
// there.
func TestFeaturesOfFrameworks(t *testing.T) {
	arrays, samples := goldens(t)
	for name, c := range map[string]struct {
		specification string
		first         int // of the frames in the goldens
	}{
		"tensorflow":             {"mfcc:like=tensorflow,window=40ms,hop=20ms,coefficients=10", 0},
		"librosa":                {"mfcc:like=librosa,rate=16000,window=512,hop=160,mels=64", 2},
		"torchaudio":             {"logmel:like=torchaudio,hop=160,mels=40,log=ln,offset=1e-6", 2},
		"python_speech_features": {"mfcc:like=python_speech_features", 0},
		"kaldi":                  {"logmel:like=kaldi,mels=40", 0},
		"tf_signal":              {"mfcc:like=tf.signal", 0},
		"sonopy":                 {"mfcc:like=sonopy", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := frontend.Parse(c.specification)
			require.NoError(t, err)
			want := arrays[name]
			require.Equal(t, want.Shape[1], f.Width())
			for _, set := range kernels.Available() {
				got := features(t, f, set.Name(), samples)[f.Delay()+c.first:]
				require.InDelta(t, want.Shape[0], len(got), 1)
				worst := 0.0
				for i := range min(len(got), want.Shape[0]) {
					for k, v := range got[i] {
						worst = max(worst, math.Abs(float64(v-want.Numbers()[i*f.Width()+k])))
					}
				}
				t.Logf("%s: %d frames, max error %.3g", set.Name(), len(got), worst)
				require.Less(t, worst, 1e-4)
			}
		})
	}
}
