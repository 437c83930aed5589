package pitch_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/pitch"
)

// voice returns pulses of a period that ring for a while, as a vowel's do, and noise.
func voice(period int, noise float64) *[pitch.Samples]float32 {
	r := rand.New(rand.NewPCG(uint64(period), 1))
	x := new([pitch.Samples]float32)
	for i := range x {
		t := float64(i % period)
		x[i] = float32(5000*math.Exp(-t/30)*math.Sin(t/9) + noise*r.NormFloat64())
	}
	return x
}

func TestFindsThePeriod(t *testing.T) {
	var f pitch.Finder
	for _, period := range []int{100, 151, 200, 256, 333, 480, 570} {
		for _, noise := range []float64{0, 100} {
			found, gain := f.Find(voice(period, noise), 0, 0)
			about := fmt.Sprintf("period %d, noise %g", period, noise)
			require.InDelta(t, period, found, 1, about)
			require.Greater(t, gain, float32(0.5), about)
			again, same := f.Find(voice(period, noise), 0, 0)
			require.Equal(t, [2]any{found, gain}, [2]any{again, same}, "nothing is kept")
		}
	}
}

func TestSoundWithoutAPitch(t *testing.T) {
	var f pitch.Finder
	var x [pitch.Samples]float32
	_, gain := f.Find(&x, 0, 0)
	require.Zero(t, gain, "silence")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range x {
		x[i] = float32(1000 * r.NormFloat64())
	}
	_, gain = f.Find(&x, 0, 0)
	require.Less(t, gain, float32(0.3), "noise")
}

// Every other pulse is softer, so that two periods correlate better than one: it counts
// what the period was before.
func TestAPeriodGoesOn(t *testing.T) {
	var f pitch.Finder
	const period = 240
	x := voice(period, 0)
	for i := range x {
		if i/period%2 == 1 {
			x[i] *= 0.3
		}
	}
	found, _ := f.Find(x, 0, 0)
	require.InDelta(t, 2*period, found, 1)
	found, _ = f.Find(x, period, 1)
	require.InDelta(t, period, found, 1)
}

// Whatever stands in the sound, the period is one that there is memory for.
func TestPeriodsAreInRange(t *testing.T) {
	var f pitch.Finder
	r := rand.New(rand.NewPCG(3, 4))
	strange := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -1e30, 1e-40, 0}
	for n := range 200 {
		var x [pitch.Samples]float32
		for i := range x {
			if x[i] = r.Float32() - 0.5; r.IntN(n+1) > i%50 {
				x[i] = strange[r.IntN(len(strange))]
			}
		}
		period, _ := f.Find(&x, r.IntN(pitch.MaxPeriod+1), strange[n%len(strange)])
		require.GreaterOrEqual(t, period, pitch.MinPeriod)
		require.LessOrEqual(t, period, pitch.MaxPeriod)
	}
}
