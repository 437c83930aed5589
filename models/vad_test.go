package models_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/vad"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const rate = 16000 // of builtin:vad

// probabilities returns the outputs of builtin:vad, one for each 16 ms.
func probabilities(t *testing.T, samples []float32) []float32 {
	t.Helper()
	m, err := rnn.Load(models.VAD())
	require.NoError(t, err)
	ys, err := m.NewSession().Run(samples[:len(samples)/256*256])
	require.NoError(t, err)
	return ys
}

// segments counts the segments of speech of 96 ms or more: a single step may be wrong if
// a sound begins suddenly.
func segments(ys []float32) (n int) {
	s := vad.Segmenter{Options: vad.Options{Threshold: 0.5, Release: 0.35, MinSpeech: 6, MinSilence: 6}}
	for _, y := range ys {
		if _, ok := s.Push(y); ok {
			n++
		}
	}
	if _, ok := s.Close(); ok {
		n++
	}
	return n
}

// soundOf returns seconds of a function of time.
func soundOf(seconds float64, f func(t float64) float64) []float32 {
	x := make([]float32, int(seconds*rate))
	for i := range x {
		x[i] = float32(f(float64(i) / rate))
	}
	return x
}

func TestVADHearsNoSpeechInWhatIsNone(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := func(loud float64) func(float64) float64 {
		return func(float64) float64 { return loud * rng.NormFloat64() }
	}
	for name, sound := range map[string][]float32{
		"digital silence": make([]float32, 10*rate),
		"a constant":      soundOf(4, func(float64) float64 { return 0.25 }),
		"hiss":            soundOf(4, noise(0.0003)),
		"noise":           soundOf(4, noise(0.02)),
		"loud noise":      soundOf(4, noise(0.3)),
		"a tone":          soundOf(4, func(t float64) float64 { return 0.2 * math.Sin(2*math.Pi*440*t) }),
		"the mains": soundOf(4, func(t float64) float64 {
			return 0.1*math.Sin(2*math.Pi*50*t) + 0.05*math.Sin(2*math.Pi*150*t)
		}),
		"clicks": soundOf(4, func(t float64) float64 {
			return 0.5 * math.Exp(-math.Mod(t, 0.31)/0.002) * math.Sin(2*math.Pi*2500*t)
		}),
	} {
		require.Zero(t, segments(probabilities(t, sound)), name)
	}
}

// fiveSeven returns the words of testdata/vad, and a function that reports
// whether a step of 16 ms is speech.
func fiveSeven(t *testing.T) (samples []float32, speech func(step int) bool) {
	samples, err := (&series.Sound{Channels: 1, Rate: rate}).ReadFile("../testdata/vad/five-seven.wav")
	require.NoError(t, err)
	return samples, func(step int) bool {
		t := (float64(step) + 0.5) * 0.016
		return t > 0.4 && t < 0.6 || t > 1.06 && t < 1.27
	}
}

// At every level, the middle of each word is speech, and sound far from both words is
// not.
func TestVADHearsWordsAtEveryLevel(t *testing.T) {
	samples, speech := fiveSeven(t)
	for _, decibels := range []float64{-18, -6, 0, 6, 12} {
		x := make([]float32, len(samples))
		for i, v := range samples {
			x[i] = v * float32(math.Pow(10, decibels/20))
		}
		for i, p := range probabilities(t, x) {
			at := float64(i) * 0.016
			switch {
			case speech(i):
				require.GreaterOrEqual(t, p, float32(0.5), "%g dB, %.3f s", decibels, at)
			case at < 0.25 || at > 0.8 && at < 0.95 || at > 1.55:
				require.Less(t, p, float32(0.5), "%g dB, %.3f s", decibels, at)
			}
		}
	}
}

// A stream that has run for minutes finds the words like a new stream.
func TestVADHearsWordsAfterMinutesOfNoise(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of sound take a second")
	}
	m, err := rnn.Load(models.VAD())
	require.NoError(t, err)
	s, rng, x := m.NewSession(), rand.New(rand.NewPCG(3, 4)), make([]float32, 256)
	for step := range 2 * 60 * rate / 256 {
		for i := range x {
			x[i] = 0.003 * float32(rng.NormFloat64())
		}
		y, err := s.Step(x)
		require.NoError(t, err)
		require.Less(t, y[0], float32(0.5), "step %d", step)
	}
	samples, _ := fiveSeven(t)
	for i := range samples {
		samples[i] += 0.003 * float32(rng.NormFloat64())
	}
	ys, err := s.Run(samples[:len(samples)/256*256])
	require.NoError(t, err)
	require.Equal(t, 2, segments(ys))
}
