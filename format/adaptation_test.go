package format

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// adaptationModel returns a forecaster whose thresholds follow a stream.
func adaptationModel() *Model {
	m := anomalyModel()
	m.Anomaly.Adaptation = &Adaptation{
		Steps: 300, Memory: 10000, Hold: 200, Share: 0.02, Threshold: 3, LevelWeight: 0.08,
		Error: Tail{2, 0.5}, Level: Tail{1.5, 0.25}, Mean: []float32{-7, 40}, Deviation: []float32{2, 0.5},
	}
	return m
}

func TestAdaptationIsReadAsItWasWritten(t *testing.T) {
	for _, restraint := range []float32{0, 0.25, 1} {
		m := adaptationModel()
		m.Anomaly.Adaptation.Restraint = restraint
		got, err := Read(mustAppend(t, m))
		require.NoError(t, err)
		require.Equal(t, m, got)
	}
}

// An earlier program leaves the section out, and uses thresholds that stay as they are.
func TestAdaptationIsNothingToEarlierPrograms(t *testing.T) {
	file := mustAppend(t, adaptationModel())
	e := entry(file, tagAdaptation)
	got, err := Read(edit(file, func(b []byte) { copy(b[e:], "ZZZZ") }))
	require.NoError(t, err)
	require.Equal(t, anomalyModel(), got)
}

func TestValidateRefusesAdaptation(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		change func(a *Adaptation)
		reason string
	}{
		{func(a *Adaptation) { a.Mean = a.Mean[:1] }, "1 mean and 2 deviations of 2"},
		{func(a *Adaptation) { a.Deviation = nil }, "2 means and 0 deviations of 2"},
		{func(a *Adaptation) { a.Steps = 0 }, "from 0, the steps that"},
		{func(a *Adaptation) { a.Memory = 299 }, "a memory of 299 steps, want from 300"},
		{func(a *Adaptation) { a.Memory = MaxSize + 1 }, "a memory of 16777217"},
		{func(a *Adaptation) { a.Hold = -1 }, "after -1 steps"},
		{func(a *Adaptation) { a.Hold = MaxSize + 1 }, "after 16777217 steps"},
		{func(a *Adaptation) { a.Share = 0 }, "a share of 0"},
		{func(a *Adaptation) { a.Share = 1 }, "a share of 1"},
		{func(a *Adaptation) { a.Share = nan }, "a share of NaN"},
		{func(a *Adaptation) { a.Threshold = 0 }, "a threshold of 0"},
		{func(a *Adaptation) { a.Threshold = inf }, "a threshold of +Inf"},
		{func(a *Adaptation) { a.LevelWeight = 0 }, "a weight of 0"},
		{func(a *Adaptation) { a.LevelWeight = 2 }, "a weight of 2"},
		{func(a *Adaptation) { a.Restraint = -0.5 }, "a restraint of -0.5"},
		{func(a *Adaptation) { a.Restraint = 2 }, "a restraint of 2"},
		{func(a *Adaptation) { a.Restraint = nan }, "a restraint of NaN"},
		{func(a *Adaptation) { a.Error.Quantile = inf }, "a quantile of +Inf"},
		{func(a *Adaptation) { a.Error.Excess = 0 }, "an excess of 0"},
		{func(a *Adaptation) { a.Level.Quantile = nan }, "a quantile of NaN"},
		{func(a *Adaptation) { a.Level.Excess = -1 }, "an excess of -1"},
		{func(a *Adaptation) { a.Mean[1] = inf }, "a mean of +Inf"},
		{func(a *Adaptation) { a.Deviation[1] = 0 }, "a deviation of 0"},
	} {
		m := adaptationModel()
		c.change(m.Anomaly.Adaptation)
		err := m.Validate()
		require.ErrorIs(t, err, ErrInvalid, c.reason)
		require.ErrorContains(t, err, c.reason)
	}
}

// The checksums of these files are right: somebody made them on purpose.
func TestReadRefusesHostileAdaptation(t *testing.T) {
	file := mustAppend(t, adaptationModel())
	set := func(at int, v uint32) []byte {
		return edit(file, func(b []byte) { put32(body(b, tagAdaptation)[at:], v) })
	}
	anomaly := entry(file, tagAnomaly)
	for _, c := range []struct {
		name   string
		file   []byte
		err    error
		reason string
	}{
		{"a short section", rebuild(file, tagAdaptation, make([]byte, adaptationSize-1)), ErrCorrupt, "47 bytes, want 64 for 2 predictions"},
		{"reserved bytes", set(44, 1), ErrCorrupt, "reserved"},
		{"no thresholds", edit(file, func(b []byte) { copy(b[anomaly:], "ZZZZ") }), ErrCorrupt, "but the file has no thresholds"},
		{"a memory of everything", set(4, 1<<32-1), ErrInvalid, "4294967295 steps"},
		{"a share that is no number", set(12, 1<<32-1), ErrInvalid, "a share of NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := requireRefused(t, c.file)
			require.ErrorIs(t, e, c.err)
			require.ErrorContains(t, e, c.reason)
			require.Equal(t, tagAdaptation, e.Section)
		})
	}
}
