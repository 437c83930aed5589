package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// dataOf returns the description of the training data in a model's file. Files from
// before the format had a section for it have it in their provenance, as lists separated
// by commas. A list that does not fit the model, because a name contains a comma, is
// ignored. The result shares its lists with m.
func dataOf(m *format.Model) format.Data {
	if m.Data != nil {
		return *m.Data
	}
	var d format.Data
	for _, p := range m.Provenance {
		switch p.Key {
		case "data labels":
			d.Labels = strings.Split(p.Value, ",")
		case "data columns":
			d.Columns = strings.Split(p.Value, ",")
		case "data targets":
			d.Targets = strings.Split(p.Value, ",")
		case "horizon":
			d.Horizon, _ = strconv.Atoi(p.Value) // 0: not recorded
		}
	}
	if len(d.Labels) != m.OutputSize() {
		d.Labels = nil
	}
	if len(d.Columns) != m.InputSize || d.Horizon < 1 || len(d.Targets)*d.Horizon != m.OutputSize() {
		d.Columns, d.Targets, d.Horizon = nil, nil, 0
	}
	return d
}

// classOf returns the class of a label: the class that had this label in the training
// data, or whose name in the model it is.
func classOf(label string, m *format.Model) (int, error) {
	trained := dataOf(m).Labels
	if i := slices.Index(trained, label); i >= 0 {
		return i, nil
	}
	if i := slices.Index(m.Labels, label); i >= 0 {
		return i, nil
	}
	// Readers trim labels and convert them to normal form C; a model's labels may have
	// spaces or another form.
	if i := slices.IndexFunc(trained, func(l string) bool { return nfc.String(strings.TrimSpace(l)) == label }); i >= 0 {
		return i, nil
	}
	known := m.Labels
	if !slices.Equal(trained, known) {
		known = slices.Concat(known, trained)
	}
	return 0, fmt.Errorf("the label %s is not one of the model's (%s)", message.Quote(label), message.List(known))
}
