package main

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// choose sets which columns of the input are read and kept: those of the flags, or by
// default those that the model was trained on.
func (v *conversion) choose(o *series.Options, m *rnn.Model) error {
	columns, keep := list(v.columns), list(v.keep)
	if v.classifies && v.keep == "" && o.Kind == series.KindCSV {
		keep = []string{series.KeepAll}
	}
	switch {
	case v.columns+v.keep != "" && o.Kind != series.KindCSV:
		return cli.Usagef("--columns and --keep are for CSV, but %s is %v", o.Name, o.Kind)
	case len(columns) > 0 && len(columns) != o.Width:
		return cli.Usagef("--columns has %s, but the model reads %d", message.Count(len(columns), "column"), o.Width)
	case v.label && !ports.HasClasses(m):
		return cli.Usagef("--label needs a model with classes, but this one is for the task %v", m.Task())
	}
	if o.Kind == series.KindSound {
		if err := readsSound(m, o.Name); err != nil {
			return err
		}
	}
	o.Columns.Keep = keep
	if d := m.Description().Data; len(columns) > 0 {
		o.Columns.Read, o.Columns.Asked = columns, true
	} else if d != nil && m.Description().TokenWidth() == 0 && o.Kind == series.KindCSV {
		o.Columns.Read = d.Columns
	}
	return v.divides(o, m)
}

// list splits the value of a flag at its commas.
func list(flag string) []string {
	if flag == "" {
		return nil
	}
	return strings.Split(flag, ",")
}

// writer returns a writer of the outputs.
func (v *conversion) writer(out outputFiles, kind series.Kind, s *rnn.Session, layout series.Layout, o *series.Options) (series.Writer, error) {
	m := s.Model()
	if v.output.Several() {
		if v.apart() {
			return nil, cli.Usagef("answers for windows and groups are written to one file: give -o FILE")
		}
		o.Records.Drop()
		return v.portWriter(out, kind, s, layout)
	}
	if err := oneFile(m); err != nil {
		return nil, err
	}
	w := out[0].Writer
	if v.window.length > 0 && !v.json && kind != series.KindCSV {
		return nil, cli.Usagef("answers for windows are written as CSV or with --json, but the output is %v", kind)
	}
	if v.apart() && !v.json && kind != series.KindCSV {
		return nil, cli.Usagef("--group and --time write CSV or --json, but the output is %v", kind)
	}
	if v.json || v.apart() || kind == series.KindCSV && (v.label || len(o.Columns.Read)+len(o.Columns.Keep) > 0) {
		a := newAnswerer(w, s, o.Records, v)
		if v.classifies && o.Kind == series.KindSound {
			a.seconds = o.Sound.StepSeconds()
		}
		return a, nil
	}
	if v.label || v.keep != "" {
		return nil, cli.Usagef("--label and --keep write CSV or --json, but the output is %v", kind)
	}
	o.Records.Drop()
	list := m.Outputs()
	if len(list) > 1 {
		return series.NewWriter(w, series.Output{Kind: kind, Width: m.OutputSize(), Pooled: m.Pooled(), Layout: layout})
	}
	one := outputOf(list[0], layout, kind)
	if v.anomaly {
		if kind == series.KindSound {
			return nil, cli.Usagef("--anomaly cannot write sound: give -o FILE.csv, or another kind")
		}
		one.Width, one.Channels = v.answerWidth(m), 0
	}
	one.Sound, one.Header = o.Sound, series.KindOf(v.output.All) == series.KindSound
	file, err := series.NewWriter(w, one)
	if err != nil || !layout.Frames || m.Pooled() {
		return file, err
	}
	return series.Frames(file, list[0].Frames), nil
}
