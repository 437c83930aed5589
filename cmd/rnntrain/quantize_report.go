package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/quantize"
)

// A quantization is what was done to a model.
type quantization struct {
	name          string
	before, after int64 // bytes of the files
	dtype         format.DType
	result        *quantize.Result
	measure       *quantize.Measure
}

// tenths returns the loss by tenths of the run over a series.
func (f *quantizeFlags) tenths(q *quantization) []float64 {
	if f.data == "" {
		return nil // goldens are no one run
	}
	return q.measure.Tenths
}

func (f *quantizeFlags) object(q *quantization) cli.Object {
	r, m := q.result, q.measure
	var parts cli.Array
	for _, p := range r.Parts {
		kept := p.DType
		if p.Kept {
			kept = format.DTypeF16
		}
		parts = append(parts, cli.Object{"name", p.Name, "dtype", kept.String(), "loss_alone", p.Loss})
	}
	o := cli.Object{
		"model", f.output.output,
		"dtype", q.dtype.String(),
		"bytes_before", q.before,
		"bytes_after", q.after,
		"loss", r.Loss,
		"loss_unit", m.Unit,
		"parts", parts,
		"input_scale", float64(r.Plan.Calibration.InputScale),
	}
	if m.Name != "" {
		return append(o, m.Name+"_before", m.Original, m.Name+"_after", m.Last)
	}
	var tenths cli.Array
	for _, e := range f.tenths(q) {
		tenths = append(tenths, e)
	}
	return append(o, "loss_by_tenth", tenths)
}

func (f *quantizeFlags) report(w io.Writer, q *quantization) error {
	r, m := q.result, q.measure
	var b strings.Builder
	fmt.Fprintf(&b, "size        %d → %d bytes (%s)\n", q.before, q.after, percent(float64(q.after)/float64(q.before)))
	fmt.Fprintf(&b, "measured    %s\n", f.measured(f.data))
	if m.Name != "" {
		fmt.Fprintf(&b, "%-12s%s → %s\n", m.Name, m.Show(m.Original), m.Show(m.Last))
	}
	fmt.Fprintf(&b, "loss        %.3g %s\n", r.Loss, m.Unit)
	widest := 0
	for _, p := range r.Parts {
		widest = max(widest, len(p.Name))
	}
	for _, p := range r.Parts {
		kept, note := p.DType, ""
		if p.Kept {
			kept, note = format.DTypeF16, ", kept in f16"
		} else if p.Loss > m.Tolerable {
			note = ": bears it badly; --max-loss would keep it in f16"
		}
		fmt.Fprintf(&b, "  %-*s%-6s%.3g alone in %v%s\n", max(widest+1, 10), p.Name, kept, p.Loss, p.DType, note)
	}
	if tenths := f.tenths(q); len(tenths) > 0 {
		fmt.Fprintf(&b, "over time   ")
		for _, e := range tenths {
			fmt.Fprintf(&b, " %.2g", e)
		}
		fmt.Fprintf(&b, "  (%s, by tenths of the run)\n", m.Unit)
	}
	fmt.Fprintf(&b, "written     %s\n", f.output.output)
	_, err := io.WriteString(w, b.String())
	return err
}
