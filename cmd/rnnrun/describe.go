package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"rnnrun/format"
	"rnnrun/internal/cli"
)

// A part is one stage of a model, from its input to its output.
type part struct {
	name       string
	in, out    int
	directions int // of a recurrent layer; 0: another part
	dtype      format.DType
	parameters int
	bytes      int // of the weights as stored, with padding
}

// parts returns the stages that have weights, the input's first.
func parts(d *format.Model) []part {
	var all []part
	if e := d.Embedding; e != nil {
		all = append(all, part{name: "embedding", in: e.Tokens, out: e.Size, parameters: len(e.Table), bytes: 4 * len(e.Table)})
	}
	for i := range d.Layers {
		all = append(all, layerPart(&d.Layers[i]))
	}
	if h := d.Head; h != nil {
		all = append(all, part{name: "dense", in: h.InputSize, out: h.OutputSize, dtype: h.Weight.DType,
			parameters: h.OutputSize * (h.InputSize + 1), bytes: 4 * (len(h.Weight.Data) + len(h.Bias))})
	}
	return all
}

func layerPart(l *format.Layer) part {
	alone := format.Model{Layers: []format.Layer{*l}}
	p := part{
		name: l.Cell.String(), in: l.InputSize, out: l.HiddenSize * len(l.Directions), directions: len(l.Directions),
		dtype: l.Directions[0].Gates.DType, parameters: alone.Parameters(),
	}
	if l.Variant != format.Standard {
		p.name += " (" + l.Variant.String() + ")"
	}
	if len(l.Directions) == 2 {
		p.name += ", bidirectional"
	}
	for i := range l.Directions {
		w := &l.Directions[i]
		p.bytes += 4 * (len(w.Gates.Data) + len(w.Candidate.Data) + len(w.Bias) + len(w.H0) + len(w.C0))
	}
	return p
}

// describe writes a picture of a model in text.
func describe(out io.Writer, name string, size int64, d *format.Model) error {
	var b strings.Builder
	fact := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s"+format+"\n", append([]any{name}, args...)...)
	}
	fact("model", "%s", name)
	fact("file", ".rnn version 1, %d bytes, checksums ok", size)
	fact("task", "%v", d.Task)
	fact("parameters", "%d", d.Parameters())
	if t := d.Tokenizer; t != nil {
		fact("tokenizer", "%s", describeTokenizer(t))
	}
	if n := len(d.Vocabulary); n > 0 {
		fact("vocabulary", "%d tokens: %s", n, shorten(d.Vocabulary, 12))
	}
	if n := len(d.Labels); n > 0 {
		fact("labels", "%s", shorten(d.Labels, 20))
	}
	if d.SampleRate > 0 {
		fact("sample rate", "%g a second", d.SampleRate)
	}
	if d.Normalization != nil {
		fact("normalized", "inputs%s", map[bool]string{true: " and outputs"}[d.Normalization.OutputScale != nil])
	}
	fact("goldens", "%s", describeGoldens(d.Goldens, name))

	b.WriteString("\n")
	drawParts(&b, d)

	if len(d.Provenance) > 0 {
		b.WriteString("\nprovenance\n")
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, p := range d.Provenance {
			fmt.Fprintf(table, "  %s\t%s\n", p.Key, p.Value)
		}
		table.Flush()
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// drawParts draws the stages as a column of arrows.
func drawParts(b *strings.Builder, d *format.Model) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(name, sizes, parameters, bytes string) {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", name, sizes, parameters, bytes)
	}
	input := fmt.Sprintf("%d numbers a step", d.InputSize)
	if d.Embedding != nil {
		input = "a token a step"
	}
	row(input, "", "", "")
	pooled := d.Pool == format.PoolNone
	pool := func() {
		if !pooled {
			row(fmt.Sprintf("↓ pool: %v of the steps", d.Pool), "", "", "")
		}
		pooled = true
	}
	for _, p := range parts(d) {
		if p.name == "dense" {
			pool()
		}
		sizes := fmt.Sprintf("%d → %d", p.in, p.out)
		if p.directions == 2 {
			sizes = fmt.Sprintf("%d → 2 × %d", p.in, p.out/2)
		}
		row("↓ "+p.name, sizes, fmt.Sprintf("%d parameters", p.parameters), fmt.Sprintf("%d bytes %v", p.bytes, p.dtype))
	}
	pool()
	if d.Output != format.Linear {
		row("↓ "+d.Output.String(), "", "", "")
	}
	per := "a step"
	if d.Pool != format.PoolNone {
		per = "a sequence"
	}
	row(fmt.Sprintf("%d outputs %s", d.OutputSize(), per), "", "", "")
	table.Flush()
	for line := range strings.Lines(text.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

func describeTokenizer(t *format.Tokenizer) string {
	facts := []string{t.Kind.String()}
	if t.Lowercase {
		facts = append(facts, "lowercase")
	}
	for _, f := range []struct {
		text  string
		value int
		given bool
	}{
		{"runs cut to %d", t.MaxRun, t.MaxRun > 0},
		{"texts cut to %d tokens", t.MaxLength, t.MaxLength > 0},
		{"unknown is token %d", t.Unknown, t.Unknown >= 0},
		{"starts with token %d", t.Start, t.Start >= 0},
		{"ends with token %d", t.End, t.End >= 0},
	} {
		if f.given {
			facts = append(facts, fmt.Sprintf(f.text, f.value))
		}
	}
	return strings.Join(facts, ", ")
}

func describeGoldens(goldens []format.Golden, name string) string {
	steps := 0
	for _, g := range goldens {
		steps += g.Steps
	}
	if len(goldens) == 0 {
		return "none: nothing proves the outputs on another device"
	}
	return fmt.Sprintf("%d of %d steps: see 'rnnrun verify %s'", len(goldens), steps, name)
}

// shorten lists the first texts, quoted.
func shorten(texts []string, most int) string {
	quoted := make([]string, min(len(texts), most))
	for i := range quoted {
		quoted[i] = fmt.Sprintf("%q", texts[i])
	}
	list := strings.Join(quoted, " ")
	if len(texts) > most {
		list += " …"
	}
	return list
}

func describeJSON(name string, size int64, d *format.Model) cli.Object {
	stages := cli.Array{}
	for _, p := range parts(d) {
		stages = append(stages, cli.Object{
			"name", p.name, "input_size", p.in, "output_size", p.out, "directions", p.directions,
			"dtype", p.dtype.String(), "parameters", p.parameters, "bytes", p.bytes,
		})
	}
	provenance := cli.Object{}
	for _, p := range d.Provenance {
		provenance = append(provenance, p.Key, p.Value)
	}
	var tokens any
	if t := d.Tokenizer; t != nil {
		tokens = cli.Object{
			"kind", t.Kind.String(), "lowercase", t.Lowercase, "max_run", t.MaxRun, "max_length", t.MaxLength,
			"unknown", t.Unknown, "start", t.Start, "end", t.End,
		}
	}
	return cli.Object{
		"model", name,
		"bytes", size,
		"task", d.Task.String(),
		"parameters", d.Parameters(),
		"input_size", d.InputSize,
		"output_size", d.OutputSize(),
		"tokens", d.Embedding != nil,
		"stages", stages,
		"pool", d.Pool.String(),
		"output", d.Output.String(),
		"tokenizer", tokens,
		"vocabulary", len(d.Vocabulary),
		"labels", d.Labels,
		"sample_rate", d.SampleRate,
		"normalized", d.Normalization != nil,
		"provenance", provenance,
		"goldens", len(d.Goldens),
	}
}
