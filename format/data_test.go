package format

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dataModel returns the full model with the form of its data, whose labels are
// as awkward as text can be.
func dataModel() *Model {
	m := fullModel()
	m.Data = &Data{Labels: []string{"", "b,\"c\"\n가\x00"}, Columns: []string{"text, or\tso"}, Targets: []string{""}, Window: 50}
	return m
}

// forecastModel returns the model of numbers as one that predicts three steps of
// a column.
func forecastModel() *Model {
	m := numberModel()
	m.Data = &Data{Columns: []string{"a", "a"}, Targets: []string{"a"}, Horizon: 3}
	return m
}

// windowModel returns a model with a window alone, and so without strings.
func windowModel() *Model {
	m := smallModel()
	m.Data = &Data{Window: MaxSize}
	return m
}

func TestDataIsReadAsItWasWritten(t *testing.T) {
	for name, m := range map[string]*Model{"labels": dataModel(), "columns": forecastModel(), "a window": windowModel()} {
		t.Run(name, func(t *testing.T) {
			file := mustAppend(t, m)
			got, err := Read(file)
			require.NoError(t, err)
			require.Equal(t, m, got)
			require.EqualValues(t, flagOptional, file[entry(file, tagData)+4], "programs that do not know the section leave it out")
		})
	}
	t.Run("a decoder", func(t *testing.T) {
		m := translateModel()
		m.Data = &Data{Columns: []string{"source"}, Targets: []string{"target"}}
		m.Decoder.Data = &Data{Window: 7}
		got, err := Read(mustAppend(t, m))
		require.NoError(t, err)
		require.Equal(t, m, got)
	})
}

// An earlier program leaves the section out, so that it reads the same model
// without it.
func TestDataIsNothingToEarlierPrograms(t *testing.T) {
	file := mustAppend(t, dataModel())
	e := entry(file, tagData)
	unknown := edit(file, func(b []byte) { copy(b[e:], "ZZZZ") })
	got, err := Read(unknown)
	require.NoError(t, err)
	require.Equal(t, fullModel(), got)
}

func TestConvertKeepsTheData(t *testing.T) {
	m := dataModel()
	c, err := m.Convert(DTypeInt8)
	require.NoError(t, err)
	require.Equal(t, m.Data, c.Data)
}

func TestValidateRefusesData(t *testing.T) {
	for _, c := range []struct {
		name   string
		model  *Model
		data   Data
		reason string
	}{
		{"nothing", dataModel(), Data{}, "an empty record"},
		{"too few labels", dataModel(), Data{Labels: []string{"a"}}, "1 label of the data for 2 outputs"},
		{"the same label twice", dataModel(), Data{Labels: []string{"a", "a"}}, `both "a"`},
		{"a label that is not UTF-8", dataModel(), Data{Labels: []string{"a", "\xff"}}, "not UTF-8"},
		{"labels of numbers", forecastModel(), Data{Labels: []string{"a", "b", "c"}}, "regress, which has no classes"},
		{"two columns of text", dataModel(), Data{Columns: []string{"a", "b"}}, "2 input columns of the data, want none or 1"},
		{"a column too few", forecastModel(), Data{Columns: []string{"a"}}, "1 input columns of the data, want none or 2"},
		{"a column that is not UTF-8", forecastModel(), Data{Columns: []string{"a", "\xc0"}}, "not UTF-8"},
		{"two targets of a classifier", dataModel(), Data{Targets: []string{"a", "b"}}, "2 targets in a model for the task classify"},
		{"a target too few", forecastModel(), Data{Targets: []string{"a", "b"}}, "2 targets and a horizon of 0 steps for 3 outputs"},
		{"a horizon too far", forecastModel(), Data{Targets: []string{"a"}, Horizon: 4}, "1 target and a horizon of 4 steps for 3 outputs"},
		{"the same target twice", forecastModel(), Data{Targets: []string{"a", "a", "b"}}, `both "a"`},
		{"a horizon of a classifier", dataModel(), Data{Horizon: 1}, "classify, which does not predict numbers"},
		{"a negative horizon", forecastModel(), Data{Horizon: -1, Window: 1}, "horizon of -1"},
		{"a horizon of everything", forecastModel(), Data{Horizon: MaxSize + 1}, "horizon of 16777217"},
		{"a negative window", forecastModel(), Data{Window: -1}, "window of -1"},
		{"a window of everything", forecastModel(), Data{Window: MaxSize + 1}, "window of 16777217"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.model.Validate())
			c.model.Data = &c.data
			err := c.model.Validate()
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, c.reason)
			_, err = c.model.Append(nil)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

// The checksums of these files are right: somebody made them on purpose.
func TestReadRefusesHostileData(t *testing.T) {
	labels, columns := mustAppend(t, dataModel()), mustAppend(t, forecastModel())
	in := func(change func(b []byte)) func([]byte) []byte {
		return func(file []byte) []byte { return edit(file, func(b []byte) { change(body(b, tagData)) }) }
	}
	set := func(at int, v uint32) func([]byte) []byte { return in(func(b []byte) { put32(b[at:], v) }) }
	becomes := func(b []byte) func([]byte) []byte {
		return func(file []byte) []byte { return rebuild(file, tagData, b) }
	}
	const huge = 1<<32 - 1
	for _, c := range []struct {
		name   string
		file   []byte
		change func([]byte) []byte
		err    error
		reason string
	}{
		{"no flag", labels, func(b []byte) []byte {
			return edit(b, func(b []byte) { b[entry(b, tagData)+4] = 0 })
		}, ErrUnsupported, "flags 0x0"},
		{"another flag", labels, func(b []byte) []byte {
			return edit(b, func(b []byte) { b[entry(b, tagData)+4] = 3 })
		}, ErrUnsupported, "flags 0x3"},
		{"a short section", labels, becomes(make([]byte, dataSize-1)), ErrCorrupt, "23 bytes"},
		{"nothing but zeros", labels, becomes(make([]byte, dataSize)), ErrInvalid, "an empty record"},
		{"reserved bytes", labels, set(20, 1), ErrCorrupt, "reserved"},
		{"labels of everything", labels, set(0, huge), ErrInvalid, "4294967295"},
		{"columns of everything", labels, set(4, huge), ErrInvalid, "4294967295"},
		{"targets of everything", labels, set(8, huge), ErrInvalid, "4294967295"},
		{"a horizon of everything", columns, set(12, huge), ErrInvalid, "4294967295"},
		{"a window of everything", columns, set(16, huge), ErrInvalid, "4294967295"},
		{"a label too few", labels, set(0, 1), ErrInvalid, "1 label of the data for 2 outputs"},
		{"no columns", labels, set(4, 0), ErrCorrupt, "4 strings, want 2 labels, 0 columns and 1 target"},
		{"strings of everything", labels, set(dataSize, huge), ErrCorrupt, "fit"},
		{"a string that ends outside", labels, set(dataSize+4*4, huge), ErrCorrupt, "outside"},
		{"a string that ends before it starts", labels, set(dataSize+4*4, 1), ErrCorrupt, "outside"},
		{"a target too many", columns, set(8, 2), ErrInvalid, "2 targets and a horizon of 3 steps for 3 outputs"},
		{"text that is not UTF-8", labels, in(func(b []byte) { b[len(b)-1] = 0xff }), ErrInvalid, "UTF-8"},
		{"bytes after the last string", labels, func(file []byte) []byte {
			return rebuild(file, tagData, append(bytes.Clone(body(file, tagData)), 0))
		}, ErrCorrupt, "after the last"},
		{"strings of nothing", mustAppend(t, windowModel()), func(file []byte) []byte {
			return rebuild(file, tagData, binary.LittleEndian.AppendUint32(bytes.Clone(body(file, tagData)), 0))
		}, ErrCorrupt, "0 strings, want 1 or more that fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := requireRefused(t, c.change(c.file))
			require.ErrorIs(t, e, c.err)
			require.ErrorContains(t, e, c.reason)
			require.True(t, e.Section == tagData || strings.Contains(c.name, "flag"), e.Section)
		})
	}
}
