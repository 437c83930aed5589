package mixture

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// words is a second of silence, and then words: tones of half a second with pauses of so
// many steps.
func words(pause int) []float32 {
	x := make([]float32, Rate)
	for range 20 {
		for i := range 32 * Step {
			x = append(x, float32(0.3*math.Sin(2*math.Pi*500*float64(i)/Rate)))
		}
		x = append(x, make([]float32, pause*Step)...)
	}
	return x
}

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		pause int
		want  bool
	}{{6, true}, {8, false}} {
		labels := Labels(words(c.pause))
		first := Rate/Step + 1 // 62.5 steps of silence
		for i := range first - 1 {
			require.False(t, labels[i])
		}
		require.True(t, labels[first+10])
		require.Equal(t, c.want, labels[first+32+c.pause/2], "%d steps of pause", c.pause)
	}
	click := words(8)
	click[5000] = 1
	require.False(t, Labels(click)[5000/Step], "what is shorter than speech")
}

func TestTalkHasTheLevelsAskedFor(t *testing.T) {
	s := Speakers([]Recording{{"words", words(20)}})
	loud := func(snr float64) (speech, other float64) {
		x := Talk(rand.New(rand.NewPCG(1, 1)), &s[0], Noise{"white", white}, snr, 1000)
		n, m := 0., 0.
		for i, label := range x.Labels[:len(x.Labels)-1] {
			switch p := power(x.Samples[i*Step:][:Step]); {
			case label && x.Labels[i+1] && i > 0 && x.Labels[i-1]:
				speech, n = speech+p, n+1
			case !label && !x.Labels[i+1] && i > 0 && !x.Labels[i-1]:
				other, m = other+p, m+1
			}
		}
		return speech / n, other / m
	}
	for _, snr := range []float64{0, 10} {
		speech, noise := loud(snr)
		require.InDelta(t, snr, decibels((speech-noise)/noise), 1)
	}
	speech, noise := loud(math.Inf(1))
	require.Greater(t, decibels(speech/noise), 20.)
}

func TestTheSameSeedMakesTheSameMixture(t *testing.T) {
	m := &Mixer{Speakers: Speakers([]Recording{{"words", words(20)}}), Noises: append(Trained, Held...)}
	make := func(seed uint64) Mixture { return m.Random(rand.New(rand.NewPCG(1, seed)), 300) }
	require.Equal(t, make(1), make(1))
	require.NotEqual(t, make(1), make(2))
	for seed := range uint64(20) {
		for _, v := range make(seed).Samples {
			require.True(t, v >= -1 && v < 1)
		}
	}
}

func TestEveryNoiseSounds(t *testing.T) {
	for _, n := range append(Trained, Held...) {
		x := unit(n.Make(rand.New(rand.NewPCG(1, 1)), 8*Rate))
		require.InDelta(t, 1, power(x), 1e-3, n.Name)
	}
}
