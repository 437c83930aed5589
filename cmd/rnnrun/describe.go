package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A part is one stage of a model, from its input to its output.
type part struct {
	name        string
	in, out     int
	directions  int          // of a recurrent layer; 0: the part is not recurrent
	features    []string     // what a layer has beyond its cell
	above       bool         // the part is above the pool
	dtype       format.DType // of its weights
	parameters  int
	work        format.Work
	bytes       sizes
	inputScales []float32 // of int8 weights that read numbers, by direction; 0: chosen at each step
}

// parts returns the stages that have weights, the input's first.
func parts(d *format.Model) []part {
	var all []part
	if e := d.Embedding; e != nil {
		all = append(all, part{name: "embedding", in: e.Tokens, out: e.Size, dtype: e.DType,
			parameters: e.Tokens * e.Size, bytes: sizesOf(&format.Model{Embedding: e})})
	}
	for i := range d.Layers {
		p := layerPart(&d.Layers[i])
		p.above = i > d.LastRecurrent()
		if i == 0 && d.Embedding == nil {
			p.inputScales = inputScales(&d.Layers[i])
		}
		all = append(all, p)
	}
	if h := d.Head; h != nil {
		all = append(all, part{name: "dense", above: true, in: h.InputSize, out: h.OutputSize, dtype: h.Weight.DType,
			parameters: h.OutputSize * (h.InputSize + 1), work: format.Work{MultiplyAdds: h.InputSize * h.OutputSize}, bytes: sizesOf(&format.Model{Head: h})})
	}
	return all
}

func layerPart(l *format.Layer) part {
	alone := format.Model{Layers: []format.Layer{*l}}
	p := part{
		name: layerName(l), features: features(l), in: l.InputSize, out: l.OutputSize(),
		dtype: l.Directions[0].Gates.DType, parameters: alone.Parameters(), work: l.Work(), bytes: sizesOf(&alone),
	}
	if l.Cell.Recurrent() {
		p.directions = len(l.Directions)
	}
	return p
}

// sizes returns the numbers of inputs and outputs.
func (p *part) sizes() string {
	if p.directions == 2 {
		return fmt.Sprintf("%d → 2 × %d", p.in, p.out/2)
	}
	return fmt.Sprintf("%d → %d", p.in, p.out)
}

// remarks returns further facts about a part.
func (p *part) remarks() string {
	list := p.features
	if scales := describeScales(p.inputScales); scales != "" {
		list = append([]string{scales}, list...)
	}
	return strings.Join(list, ", ")
}

func inputScales(l *format.Layer) (scales []float32) {
	for i := range l.Directions {
		if w := &l.Directions[i]; w.Gates.DType == format.DTypeInt8 {
			scales = append(scales, w.InputScale)
		}
	}
	return scales
}

// sizes are the bytes of weights as stored, with padding, by number format.
type sizes [4]int

func sizesOf(d *format.Model) (s sizes) {
	for dtype := range s {
		s[dtype] = d.WeightBytes(format.DType(dtype))
	}
	return s
}

func (s sizes) total() int {
	n := 0
	for _, bytes := range s {
		n += bytes
	}
	return n
}

// String lists the sizes, smallest numbers first: "4096 bytes int8, 640 bytes f32".
func (s sizes) String() string {
	var list []string
	for dtype := len(s) - 1; dtype >= 0; dtype-- {
		if s[dtype] > 0 {
			list = append(list, fmt.Sprintf("%d bytes %v", s[dtype], format.DType(dtype)))
		}
	}
	return strings.Join(list, ", ")
}

func (s sizes) json() cli.Object {
	var o cli.Object
	for dtype, bytes := range s {
		o = append(o, format.DType(dtype).String(), bytes)
	}
	return o
}

// describeScales says how an int8 layer quantizes the numbers that it reads.
func describeScales(scales []float32) string {
	var list []string
	for _, s := range scales {
		if s == 0 {
			list = append(list, "chosen at each step")
		} else {
			list = append(list, fmt.Sprint(s))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "input scale " + strings.Join(slices.Compact(list), " and ")
}

// describe writes the facts about a model and its stages as text.
func describe(out io.Writer, name string, size int64, d *format.Model, taken memory) error {
	var b strings.Builder
	fact := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s"+format+"\n", append([]any{name}, args...)...)
	}
	fact("model", "%s", cli.Printable(name))
	fact("file", ".rnn version 1, %d bytes, checksums ok", size)
	fact("task", "%v", d.Task)
	fact("parameters", "%d", d.Parameters())
	fact("weights", "%v", sizesOf(d))
	fact("memory", "%v", taken)
	fact("work", "%v", workOf(d))
	texts := func(d *format.Model, of string) {
		if t := d.Tokenizer; t != nil {
			fact("tokenizer", "%s%s", of, describeTokenizer(t))
		}
		if n := len(d.Vocabulary); n > 0 {
			fact("vocabulary", "%s%s: %s", of, message.Count(n, "token"), shorten(d.Vocabulary, 12))
		}
	}
	if d.Decoder == nil {
		texts(d, "")
	} else {
		texts(d, "source: ")
		texts(d.Decoder, "target: ")
	}
	if n := len(d.Labels); n > 0 {
		fact("labels", "%s", shorten(d.Labels, 20))
	}
	if d.Data != nil {
		fact("data", "%s", describeData(d.Data))
	}
	if a := d.Anomaly; a != nil {
		fact("anomalies", "%s", describeAnomaly(a))
	}
	if d.SampleRate > 0 {
		fact("sample rate", "%g per second", d.SampleRate)
	}
	if d.Normalization != nil {
		fact("normalized", "inputs%s", map[bool]string{true: " and outputs"}[d.Normalization.OutputScale != nil])
	}
	fact("goldens", "%s", describeGoldens(d.Goldens, name))

	b.WriteString("\n")
	draw(&b, d)

	if len(d.Provenance) > 0 {
		b.WriteString("\nprovenance\n")
		var rows table
		for _, p := range d.Provenance {
			rows = append(rows, []string{cli.Printable(p.Key), cli.Printable(p.Value)})
		}
		rows.write(&b)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// draw draws the stages of a model.
func draw(b *strings.Builder, d *format.Model) {
	switch {
	case d.Graph != nil:
		drawGraph(b, d)
	case d.Decoder != nil:
		b.WriteString("encoder\n")
		drawParts(b, d)
		b.WriteString("\ndecoder, which starts from those states\n")
		drawParts(b, d.Decoder)
	default:
		drawParts(b, d)
	}
}

// drawParts draws the stages as a column of arrows.
func drawParts(b *strings.Builder, d *format.Model) {
	var rows table
	row := func(cells ...string) { rows = append(rows, cells) }
	input := message.Count(d.InputSize, "number") + " per step"
	if d.Embedding != nil {
		input = "one token per step"
	}
	row(input)
	pooled := d.Pool == format.PoolNone
	pool := func() {
		if !pooled {
			row(fmt.Sprintf("↓ pool: %v of the steps", d.Pool))
		}
		pooled = true
	}
	for _, p := range parts(d) {
		if p.above {
			pool()
		}
		row("↓ "+p.name, p.sizes(), message.Count(p.parameters, "parameter"), p.bytes.String(), p.remarks())
	}
	pool()
	if d.Output != format.OutputLinear {
		row("↓ " + d.Output.String())
	}
	if d.Skip {
		row("↓ the inputs are added")
	}
	row(outputsOf(d))
	rows.write(b)
}

// outputsOf describes the output of a stack of layers.
func outputsOf(d *format.Model) string {
	switch {
	case d.Decoder != nil:
		return "the states after the last step"
	case d.Pool != format.PoolNone:
		return message.Count(d.OutputSize(), "output") + " per sequence"
	}
	return message.Count(d.OutputSize(), "output") + " per step"
}

func describeTokenizer(t *format.Tokenizer) string {
	facts := []string{t.Kind.String()}
	if t.NFC {
		facts = append(facts, "normal form C")
	}
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
		return "none: outputs on another device cannot be verified"
	}
	return fmt.Sprintf("%d with %s, whose inputs are in the file: see 'rnnrun verify %s'", len(goldens), message.Count(steps, "step"), cli.Printable(name))
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

// stagesJSON describes the stages that have weights.
func stagesJSON(d *format.Model) cli.Array {
	stages := cli.Array{}
	for _, p := range parts(d) {
		scales := cli.Array{}
		for _, scale := range p.inputScales {
			if scale == 0 {
				scales = append(scales, nil) // it is chosen at each step
			} else {
				scales = append(scales, scale)
			}
		}
		stages = append(stages, cli.Object{
			"name", p.name, "input_size", p.in, "output_size", p.out, "directions", p.directions,
			"dtype", p.dtype.String(), "parameters", p.parameters, "bytes", p.bytes.total(), "bytes_by_dtype", p.bytes.json(),
			"input_scales", scales, "features", p.features, "state", p.work.State, "multiply_adds", p.work.MultiplyAdds,
		})
	}
	return stages
}

// tokenizerJSON describes a tokenizer, if there is one.
func tokenizerJSON(t *format.Tokenizer) any {
	if t == nil {
		return nil
	}
	return cli.Object{
		"kind", t.Kind.String(), "nfc", t.NFC, "lowercase", t.Lowercase, "max_run", t.MaxRun, "max_length", t.MaxLength,
		"unknown", t.Unknown, "start", t.Start, "end", t.End,
	}
}

// decoderJSON describes the decoder of a model that translates.
func decoderJSON(d *format.Model) any {
	if d == nil {
		return nil
	}
	return cli.Object{
		"parameters", d.Parameters(), "weight_bytes", sizesOf(d).json(),
		"input_size", d.InputSize, "output_size", d.OutputSize(), "stages", stagesJSON(d), "output", d.Output.String(),
		"tokenizer", tokenizerJSON(d.Tokenizer), "vocabulary", len(d.Vocabulary),
	}
}

func describeJSON(name string, size int64, d *format.Model, taken memory) cli.Object {
	provenance := cli.Object{}
	for _, p := range d.Provenance {
		provenance = append(provenance, p.Key, p.Value)
	}
	return cli.Object{
		"model", name,
		"bytes", size,
		"task", d.Task.String(),
		"parameters", d.Parameters(),
		"weight_bytes", sizesOf(d).json(),
		"memory_bytes", taken.json(),
		"work", workOf(d).json(),
		"input_size", d.InputSize,
		"output_size", d.OutputSize(),
		"tokens", d.TokenWidth() > 0,
		"stages", stagesJSON(d),
		"graph", graphJSON(d),
		"pool", d.Pool.String(),
		"output", d.Output.String(),
		"skip", d.Skip,
		"tokenizer", tokenizerJSON(d.Tokenizer),
		"vocabulary", len(d.Vocabulary),
		"labels", d.Labels,
		"data", dataJSON(d.Data),
		"anomaly", anomalyJSON(d.Anomaly),
		"sample_rate", d.SampleRate,
		"normalized", d.Normalization != nil,
		"provenance", provenance,
		"goldens", len(d.Goldens),
		"decoder", decoderJSON(d.Decoder),
	}
}
