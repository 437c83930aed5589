package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/quantize"
)

// A quantization is the result of quantizing a model.
type quantization struct {
	name          string
	before, after int64 // bytes of the files
	dtype         format.DType
	result        *quantize.Result
	measure       *quantize.Measure
}

// tenths returns the loss of each tenth of the run over a series.
func (f *quantizeFlags) tenths(q *quantization) []float64 {
	if f.data == "" || f.asExamples {
		return nil // goldens and examples are not one run
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
		part := cli.Object{"name", p.Name, "dtype", kept.String(), "loss_alone", p.Loss}
		if p.Kind != "" {
			part = append(part, "kind", p.Kind, "balanced", p.Balanced)
		}
		parts = append(parts, part)
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
	var outputs cli.Array
	for _, out := range m.Outputs {
		outputs = append(outputs, cli.Object{"name", out.Name, "loss", out.Loss, "greatest_difference", out.Greatest})
	}
	return append(o, "loss_by_tenth", tenths, "outputs", outputs)
}

func (f *quantizeFlags) report(w io.Writer, q *quantization, original *format.Model) error {
	r, m := q.result, q.measure
	var b strings.Builder
	fmt.Fprintf(&b, "size        %d → %d bytes (%s)\n", q.before, q.after, percent(float64(q.after)/float64(q.before)))
	fmt.Fprintf(&b, "measured    %s\n", f.measured(cli.Printable, original))
	if m.Name != "" {
		fmt.Fprintf(&b, "%-12s%s → %s\n", m.Name, m.Show(m.Original), m.Show(m.Last))
	}
	fmt.Fprintf(&b, "loss        %.3g %s\n", r.Loss, m.Unit)
	writeParts(&b, r, m)
	for _, out := range m.Outputs {
		fmt.Fprintf(&b, "output      %s differs by at most %.3g", cli.Printable(out.Name), out.Greatest)
		if len(m.Outputs) > 1 {
			fmt.Fprintf(&b, ", and loses %.3g", out.Loss)
		}
		b.WriteByte('\n')
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

// writeParts writes a line for each part.
func writeParts(b *strings.Builder, r *quantize.Result, m *quantize.Measure) {
	names, widest := make([]string, len(r.Parts)), 0
	for i, p := range r.Parts {
		names[i] = p.Name
		if p.Kind != "" {
			names[i] += ", " + p.Kind
		}
		widest = max(widest, len(names[i]))
	}
	for i, p := range r.Parts {
		kept, note := p.DType, ""
		if p.Balanced {
			note = ", input channels brought closer to one range"
		}
		if p.Kept {
			kept, note = format.DTypeF16, ", kept in f16"
		} else if !(p.Loss <= m.Tolerable) {
			note += ": sensitive to quantization; --max-loss would keep it in f16"
		}
		fmt.Fprintf(b, "  %-*s%-6s%.3g alone in %v%s\n", max(widest+1, 10), names[i], kept, p.Loss, p.DType, note)
	}
}
