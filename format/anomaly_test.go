package format

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// anomalyModel returns a forecaster of 3 outputs that predicts its inputs 1 and 0.
func anomalyModel() *Model {
	m := numberModel()
	m.Anomaly = &Anomaly{Columns: []int{1, 0}, Median: []float32{0.5, -2}, Scale: []float32{3, 0.25}, Weight: 0.4, Threshold: 7}
	return m
}

func TestAnomalyIsReadAsItWasWritten(t *testing.T) {
	file := mustAppend(t, anomalyModel())
	got, err := Read(file)
	require.NoError(t, err)
	require.Equal(t, anomalyModel(), got)
	again, err := got.Append(nil)
	require.NoError(t, err)
	require.Equal(t, file, again)
}

// An earlier program leaves the section out, so that it reads the same model without it.
func TestAnomalyIsNothingToEarlierPrograms(t *testing.T) {
	file := mustAppend(t, anomalyModel())
	e := entry(file, tagAnomaly)
	got, err := Read(edit(file, func(b []byte) { copy(b[e:], "ZZZZ") }))
	require.NoError(t, err)
	require.Equal(t, numberModel(), got)
}

func TestConvertKeepsTheAnomaly(t *testing.T) {
	c, err := anomalyModel().Convert(DTypeInt8)
	require.NoError(t, err)
	require.Equal(t, anomalyModel().Anomaly, c.Anomaly)
}

func TestValidateRefusesAnomaly(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		name   string
		change func(m *Model, a *Anomaly)
		reason string
	}{
		{"no predictions", func(_ *Model, a *Anomaly) { a.Columns, a.Median, a.Scale = nil, nil, nil }, "0 predictions, want 1 to 3"},
		{"more predictions than outputs", func(_ *Model, a *Anomaly) { a.Columns = make([]int, 4) }, "4 predictions, want 1 to 3"},
		{"a median too few", func(_ *Model, a *Anomaly) { a.Median = a.Median[:1] }, "1 median and 2 scales"},
		{"a scale too many", func(_ *Model, a *Anomaly) { a.Scale = append(a.Scale, 1) }, "2 medians and 3 scales"},
		{"an input too far", func(m *Model, a *Anomaly) { a.Columns[1] = m.InputSize }, "a prediction of input 2 of 2"},
		{"an input below 0", func(_ *Model, a *Anomaly) { a.Columns[0] = -1 }, "a prediction of input -1"},
		{"an infinite median", func(_ *Model, a *Anomaly) { a.Median[0] = inf }, "a median of +Inf"},
		{"a scale of 0", func(_ *Model, a *Anomaly) { a.Scale[1] = 0 }, "a scale of 0"},
		{"an infinite scale", func(_ *Model, a *Anomaly) { a.Scale[1] = inf }, "a scale of +Inf"},
		{"a weight of 0", func(_ *Model, a *Anomaly) { a.Weight = 0 }, "a weight of 0"},
		{"a weight above 1", func(_ *Model, a *Anomaly) { a.Weight = 1.5 }, "a weight of 1.5"},
		{"a weight that is no number", func(_ *Model, a *Anomaly) { a.Weight = nan }, "a weight of NaN"},
		{"a threshold of 0", func(_ *Model, a *Anomaly) { a.Threshold = 0 }, "a threshold of 0"},
		{"an infinite threshold", func(_ *Model, a *Anomaly) { a.Threshold = inf }, "a threshold of +Inf"},
		{"a model that pools", func(m *Model, _ *Anomaly) { m.Pool = PoolMax }, "does not predict numbers at every step"},
		{"another task", func(m *Model, _ *Anomaly) { m.Task = TaskTag }, "does not predict numbers at every step"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := anomalyModel()
			c.change(m, m.Anomaly)
			err := m.Validate()
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

// The checksums of these files are right: somebody made them on purpose.
func TestReadRefusesHostileAnomaly(t *testing.T) {
	file := mustAppend(t, anomalyModel())
	set := func(at int, v uint32) []byte {
		return edit(file, func(b []byte) { put32(body(b, tagAnomaly)[at:], v) })
	}
	const huge = 1<<32 - 1
	for _, c := range []struct {
		name   string
		file   []byte
		err    error
		reason string
	}{
		{"a short section", rebuild(file, tagAnomaly, make([]byte, anomalySize-1)), ErrCorrupt, "15 bytes"},
		{"predictions of everything", set(0, huge), ErrCorrupt, "4294967295 predictions"},
		{"a prediction too few", set(0, 1), ErrCorrupt, "want 28 for 1 prediction"},
		{"bytes after the last", rebuild(file, tagAnomaly, append(bytes.Clone(body(file, tagAnomaly)), 0)), ErrCorrupt, "41 bytes"},
		{"reserved bytes", set(12, 1), ErrCorrupt, "reserved"},
		{"an input of everything", set(anomalySize, huge), ErrInvalid, "input 4294967295"},
		{"a threshold that is no number", set(8, huge), ErrInvalid, "a threshold of NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := requireRefused(t, c.file)
			require.ErrorIs(t, e, c.err)
			require.ErrorContains(t, e, c.reason)
			require.Equal(t, tagAnomaly, e.Section)
		})
	}
}
