package runtime_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// follower predicts its only input. Its thresholds adapt to a stream of normal errors
// with deviation 1 at the level 0, of which 2 % have absolute values above 2.33, by 0.37
// on average.
func follower(hold int) *format.Model {
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 4, Outputs: 1, Seed: 1}.Model()
	m.Anomaly = &format.Anomaly{Columns: []int{0}, Median: []float32{0}, Scale: []float32{1}, Weight: 1, Threshold: 4}
	m.Anomaly.Adaptation = &format.Adaptation{
		Steps: 300, Memory: 5000, Hold: hold, Share: 0.02, Threshold: 4, LevelWeight: 0.08,
		Error: format.Tail{Quantile: 2.33, Excess: 0.37}, Level: format.Tail{Quantile: 0.47, Excess: 0.08},
		Mean: []float32{0}, Deviation: []float32{1},
	}
	return m
}

// alarms returns the steps at which alarms begin in a stream.
func alarms(t *testing.T, m *format.Model, steps int, at func(i int) (x, predicted float64)) (begun []int) {
	t.Helper()
	d, err := load(t, m).NewDetector()
	require.NoError(t, err)
	on := false
	for i := range steps {
		x, _ := at(i)
		_, next := at(i + 1)
		flag := d.Anomalous(d.Score([]float32{float32(x)}, []float32{float32(next)}))
		if flag && !on {
			begun = append(begun, i)
		}
		on = flag
	}
	return begun
}

// One alarm begins soon after something happens. Streams that only change slowly have
// few alarms.
func TestDetectorFollowsAStream(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]float64, 20001)
	for i := range noise {
		noise[i] = rng.NormFloat64()
	}
	for _, c := range []struct {
		name string
		at   func(i int) (x, predicted float64)
		from int // 0: nothing happens
		to   int
		most int // greatest number of alarms
	}{
		{"nothing", func(i int) (float64, float64) { return noise[i], 0 }, 0, 0, 6},
		{"a spike", func(i int) (float64, float64) {
			if i == 8000 {
				return 30, 0
			}
			return noise[i], 0
		}, 8000, 8000, 7},
		{"a step of the level, which predictions follow", func(i int) (float64, float64) {
			if i >= 8000 {
				return noise[i]/4 + 2, 2
			}
			return noise[i] / 4, 0
		}, 8000, 8060, 3},
		{"slow drift", func(i int) (float64, float64) {
			drift := float64(i) / 2000
			return noise[i] + drift, drift
		}, 0, 0, 25},
		{"noise that grows slowly", func(i int) (float64, float64) { return noise[i] * (1 + float64(i)/5000), 0 }, 0, 0, 12},
		{"noise that grows at once", func(i int) (float64, float64) {
			if i >= 8000 {
				return 4 * noise[i], 0
			}
			return noise[i], 0
		}, 8000, 8020, 10},
		{"a wave that stands still", func(i int) (float64, float64) {
			wave := 2 * math.Sin(float64(i)/3)
			if i >= 8000 && i < 8100 {
				return 2, wave
			}
			return wave + noise[i]/4, wave
		}, 8000, 8020, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			begun := alarms(t, follower(200), 20000, c.at)
			require.LessOrEqual(t, len(begun), c.most, "%v", begun)
			found := c.from == 0
			for _, i := range begun {
				found = found || i >= c.from && i <= c.to
			}
			require.True(t, found, "%v", begun)
		})
	}
}

// A failure that lasts does not hide the next one if the tails adapt less
// during an alarm.
func TestDetectorRemembersWhatIsUsual(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	noise := make([]float64, 6001)
	for i := range noise {
		noise[i] = rng.NormFloat64()
	}
	failures := func(i int) (x, predicted float64) {
		if i >= 2000 && i < 2060 || i >= 5000 && i < 5010 {
			return noise[i] + 12, 0
		}
		return noise[i], 0
	}
	for restraint, both := range map[float32]bool{0: false, 0.75: true} {
		m := follower(200)
		m.Anomaly.Adaptation.Restraint = restraint
		begun := alarms(t, m, 6000, failures)
		require.Contains(t, begun, 2000)
		require.Equal(t, both, slices.ContainsFunc(begun, func(i int) bool { return i >= 5000 && i < 5010 }), "%v: %v", restraint, begun)
	}
}

// The scores are those of the definition, step by step.
func TestDetectorAdapts(t *testing.T) {
	m := follower(1)
	m.Anomaly.Adaptation.Restraint = 0.75
	m.Anomaly.Adaptation.LevelWeight = 0.5 // so that from step 5 on alarms may begin and tails adapt
	d, err := load(t, m).NewDetector()
	require.NoError(t, err)
	require.EqualValues(t, 4, d.Threshold())
	require.True(t, math.IsNaN(float64(d.Score([]float32{0}, []float32{0}))))

	mean, variance, level := 0.0, 1.0-1.0/301, 0.0
	errors, levels := [2]float64{2.33, 0.37}, [2]float64{0.47, 0.08}
	above := func(measure float64, tail *[2]float64, rate float64, settled bool) float64 {
		least, score := *tail, min((measure-tail[0])/tail[1], 8)
		if !settled {
			return score
		}
		if score > 0 {
			tail[0] += least[1] * rate * 0.98 / 0.02
			tail[1] += (score - 1) * least[1] * rate / 0.02
		} else {
			tail[0] -= least[1] * rate
		}
		return score
	}
	for i, c := range []struct {
		x     float64
		alarm bool
	}{{0.5, false}, {-1, false}, {3, false}, {5, true}, {-0.2, true}, {-1.5, true}, {-0.5, false}} {
		rate := 1 / float64(302+i)
		level += 0.5 * (c.x - level)
		deviation := math.Sqrt(variance)
		off := math.Abs(level-mean) / deviation
		moved := max(-4*deviation, min(4*deviation, c.x-mean))
		mean += moved * rate
		variance += (moved*moved - variance) * rate
		if i > 3 { // in the alarm
			rate /= 4
		}
		want := max(above(off, &levels, rate, i >= 3), above(math.Abs(c.x), &errors, rate, i >= 3))
		errors[0], errors[1] = max(errors[0], 2.33), max(errors[1], 0.37)
		levels[0], levels[1] = max(levels[0], 0.47), max(levels[1], 0.08)
		score := d.Score([]float32{float32(c.x)}, []float32{0})
		require.InDelta(t, want, score, 1e-4, "step %d", i)
		require.Equal(t, c.alarm, d.Anomalous(score), "step %d: %v", i, score)
	}
}

// NaN and infinities count like large errors, and are forgotten.
func TestDetectorAdaptsToNoNaN(t *testing.T) {
	nan := float32(math.NaN())
	d, err := load(t, follower(0)).NewDetector()
	require.NoError(t, err)
	d.Score([]float32{0}, []float32{nan})
	require.EqualValues(t, 8, d.Score([]float32{nan}, []float32{0}))
	for range 20 {
		d.Score([]float32{0.1}, []float32{0})
	}
	score := d.Score([]float32{0.1}, []float32{0})
	require.Less(t, score, float32(0))
	require.False(t, d.Anomalous(score))
	d.Reset()
	require.True(t, math.IsNaN(float64(d.Score([]float32{0.1}, []float32{0}))))
}

func TestAnAdaptingDetectorGoesOnFromItsSnapshot(t *testing.T) {
	m := load(t, follower(3))
	at := func(i int) (x, y []float32) { return []float32{float32(i % 7)}, []float32{float32(i % 5)} }
	scores := func(d *rnn.Detector, from, to int) (list []float32) {
		for i := from; i < to; i++ {
			score := d.Score(at(i))
			list = append(list, score)
			if d.Anomalous(score) {
				list = append(list, 1)
			}
		}
		return list
	}
	first, err := m.NewDetector()
	require.NoError(t, err)
	scores(first, 0, 40)
	b, err := first.MarshalBinary()
	require.NoError(t, err)
	second, err := m.NewDetector()
	require.NoError(t, err)
	scores(second, 3, 9)
	require.NoError(t, second.UnmarshalBinary(b))
	require.Equal(t, bits(scores(first, 40, 200)), bits(scores(second, 40, 200)))
	require.Zero(t, testing.AllocsPerRun(10, func() { first.Score(at(3)) }))

	longer, err := load(t, follower(4)).NewDetector()
	require.NoError(t, err)
	require.ErrorIs(t, longer.UnmarshalBinary(b), rnn.ErrSnapshot, "alarms end otherwise")
}
