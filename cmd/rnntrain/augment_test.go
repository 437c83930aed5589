package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// ones returns a sound of n samples that are 1.
func ones(n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = 1
	}
	return list
}

func sumOf(samples []float32) (sum float64) {
	for _, v := range samples {
		sum += float64(v)
	}
	return sum
}

// Without noise and changes of loudness, a copy has the whole sound somewhere in its
// window, and background less than a third of it, at an end.
func TestWhereAlteredSoundsAre(t *testing.T) {
	a := &alteration{augmentation: augmentation{snr: 1000}, sounds: &sounds{step: 10, window: 10}}
	places, parts := map[int]bool{}, map[bool]bool{}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		got, err := a.copy(ones(60), rng)
		require.NoError(t, err)
		require.Len(t, got, 100)
		require.Equal(t, 60.0, sumOf(got))
		first := 0
		for got[first] == 0 {
			first++
		}
		require.Equal(t, ones(60), got[first:first+60])
		places[first] = true

		got, err = a.background(ones(60), rng)
		require.NoError(t, err)
		require.Len(t, got, 100)
		heard := sumOf(got)
		require.LessOrEqual(t, heard, 20.0)
		if heard > 0 {
			parts[got[0] == 1] = true
			require.True(t, got[0] == 1 || got[99] == 1)
		}
		got, err = a.copy(ones(130), rng)
		require.NoError(t, err)
		require.Equal(t, 100.0, sumOf(got), "a longer sound is cut")
	}
	require.Greater(t, len(places), 10)
	require.Len(t, parts, 2, "ends and beginnings")
}

func TestNoiseIsAsFarBelowASoundAsAsked(t *testing.T) {
	a := &alteration{augmentation: augmentation{snr: 20}, sounds: &sounds{step: 10}}
	met := 0
	for seed := range uint64(20) {
		samples := make([]float32, 5000)
		a.addNoise(samples, 0.5, a.snr, 0, rand.New(rand.NewPCG(seed, 1)))
		if p := power(samples); p > 0 {
			met++
			below := -10 * math.Log10(p/0.25)
			require.True(t, below > 20-0.1 && below < 50.1, below)
		}
	}
	require.True(t, met > 10 && met < 20, "of some windows there is none: %d", met)
}

// Hiss is where the sound is, and silence around it stays silent.
func TestHissBeginsAndEndsWithItsSound(t *testing.T) {
	a := &alteration{augmentation: augmentation{hiss: 20, snr: 1000}, sounds: &sounds{step: 10, window: 10}}
	heard := 0
	for seed := range uint64(20) {
		sound := ones(60)
		got, err := a.copy(sound, rand.New(rand.NewPCG(seed, 1)))
		require.NoError(t, err)
		require.Equal(t, ones(60), sound, "the sound itself has none")
		n := 0
		for _, v := range got {
			if v != 0 {
				n++
			}
		}
		require.Equal(t, 60, n)
		if sumOf(got) != 60 {
			heard++
		}
	}
	require.True(t, heard > 10 && heard < 20, "some copies have none: %d", heard)
}

// Each tap adds an earlier sample, or takes it away.
func TestTapsOfTheFilter(t *testing.T) {
	for _, taps := range []int{1, 2, 5} {
		a := &alteration{augmentation: augmentation{filter: 0.5, taps: taps}}
		got := a.filtered(append([]float32{1}, make([]float32, 40)...), rand.New(rand.NewPCG(1, 1)))
		last := taps * (taps + 1) / 2 // the sum of all delays
		require.NotZero(t, got[last])
		require.Equal(t, make([]float32, 40-last), got[last+1:])
		require.InDelta(t, 1, power(got)*41, 1e-5, "the power stays")
	}
}

func TestCopiesAreFasterAndSlower(t *testing.T) {
	a := &alteration{augmentation: augmentation{speed: 20}}
	lengths := map[int]bool{}
	for seed := range uint64(30) {
		got, err := a.atSpeed(ones(1000), rand.New(rand.NewPCG(seed, 1)))
		require.NoError(t, err)
		require.True(t, len(got) >= 833 && len(got) <= 1251, len(got))
		lengths[len(got)] = true
	}
	require.Greater(t, len(lengths), 10)
	require.InDelta(t, math.Pow(10, 0.3), amplitude(6), 1e-6)
}
