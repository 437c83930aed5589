package format

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Data says how to read the data that a model was trained on, so that the model can be evaluated and trained further on
// data of the same form. The runtime does not use it. Strings may hold any UTF-8 text, the empty one included.
type Data struct {
	Labels  []string // a class's label in the data, by its index; may differ from Model.Labels, which are shown
	Columns []string // the columns that are the inputs, in order
	Targets []string // the columns that are predicted
	Horizon int      // steps ahead that are predicted; 0: none
	Window  int      // steps of a window; 0: whole sequences
}

const dataSize = 24 // bytes of the section DATA before its strings

// readData counts the strings before it allocates memory for them: there can be no more than the model has classes,
// inputs and outputs.
func (m *Model) readData(s *sections) error {
	b := s.body(tagData)
	if len(b) == 0 {
		return nil
	}
	if len(b) < dataSize {
		return fail(ErrCorrupt, tagData, 0, "%s, want at least %d", message.Count(len(b), "byte"), dataSize)
	}
	if !allZero(b[20:dataSize]) {
		return fail(ErrCorrupt, tagData, 20, "reserved bytes are not zero")
	}
	var fields [5]int
	for i := range fields {
		v := binary.LittleEndian.Uint32(b[4*i:])
		if v > MaxSize {
			return fail(ErrInvalid, tagData, int64(4*i), "a number of %d, want at most %d", v, MaxSize)
		}
		fields[i] = int(v)
	}
	labels, columns, targets := fields[0], fields[1], fields[2]
	d := &Data{Horizon: fields[3], Window: fields[4]}
	if err := m.validateDataSizes(labels, columns, targets, d.Horizon, d.Window); err != nil {
		return err
	}
	t, err := parseStringTable(tagData, dataSize, b[dataSize:], true)
	if err != nil {
		return err
	}
	if t.count != labels+columns+targets {
		return fail(ErrCorrupt, tagData, 0, "%s, want %d labels, %s and %s", message.Count(t.count, "string"), labels, message.Count(columns, "column"), message.Count(targets, "target"))
	}
	list := t.all()
	take := func(n int) []string {
		if n == 0 {
			return nil
		}
		first := list[:n:n]
		list = list[n:]
		return first
	}
	d.Labels, d.Columns, d.Targets = take(labels), take(columns), take(targets)
	m.Data = d
	return m.validateData()
}

func (m *Model) appendData(b []byte) []byte {
	d := m.Data
	for _, v := range []int{len(d.Labels), len(d.Columns), len(d.Targets), d.Horizon, d.Window, 0} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	if list := slices.Concat(d.Labels, d.Columns, d.Targets); len(list) > 0 {
		b = appendStrings(b, list)
	}
	return b
}

func (m *Model) validateData() error {
	d := m.Data
	if d == nil {
		return nil
	}
	if err := m.validateDataSizes(len(d.Labels), len(d.Columns), len(d.Targets), d.Horizon, d.Window); err != nil {
		return err
	}
	total := 0
	for _, list := range [][]string{d.Labels, d.Columns, d.Targets} {
		for _, s := range list {
			if !utf8.ValidString(s) {
				return fail(ErrInvalid, tagData, 0, "the label or column %s of the data is not UTF-8", quote(s))
			}
			if len(s) > maxText-total {
				return fail(ErrInvalid, tagData, 0, "more than %d bytes of strings", maxText)
			}
			total += len(s)
		}
	}
	for _, list := range [][]string{d.Labels, d.Targets} {
		if err := validateUnique(tagData, len(list), func(i int) string { return list[i] }); err != nil {
			return err
		}
	}
	return nil
}

// validateDataSizes checks the numbers of Data: how many labels, columns and
// targets there are, the horizon and the window.
func (m *Model) validateDataSizes(labels, columns, targets, horizon, window int) error {
	invalid := func(at int64, format string, args ...any) error {
		return fail(ErrInvalid, tagData, at, format, args...)
	}
	inputs := m.NumberWidth()
	if m.TokenCount() > 0 {
		inputs++ // a column of text
	}
	switch {
	case labels|columns|targets|horizon|window == 0:
		return invalid(0, "an empty record of the data: omit it")
	case labels > 0 && m.Task != TaskClassify && m.Task != TaskTag:
		return invalid(0, "labels of the data in a model for the task %v, which has no classes", m.Task)
	case labels > 0 && m.severalOutputs():
		return invalid(0, "labels of the data in a model of several outputs")
	case labels > 0 && labels != m.LogitCount():
		return invalid(0, "%s of the data for %s", message.Count(labels, "label"), message.Count(m.LogitCount(), "output"))
	case columns > 0 && columns != inputs:
		return invalid(4, "%d input columns of the data, want none or %d", columns, inputs)
	case horizon < 0 || horizon > MaxSize:
		return invalid(12, "a horizon of %s, want 0 to %d", message.Count(horizon, "step"), MaxSize)
	case horizon > 0 && m.Task != TaskRegress:
		return invalid(12, "a horizon in a model for the task %v, which does not predict numbers", m.Task)
	case targets > 0 && m.Task == TaskRegress && int64(targets)*int64(max(horizon, 1)) != int64(m.OutputSize()):
		return invalid(8, "%s and a horizon of %s for %s", message.Count(targets, "target"), message.Count(horizon, "step"), message.Count(m.OutputSize(), "output"))
	case targets > 1 && m.Task != TaskRegress:
		return invalid(8, "%s in a model for the task %v, which has one column of them", message.Count(targets, "target"), m.Task)
	case window < 0 || window > MaxSize:
		return invalid(16, "a window of %s, want 0 to %d", message.Count(window, "step"), MaxSize)
	}
	return nil
}
