package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A conversion is a converted model with its source.
type conversion struct {
	source  *source
	network *network.Network
	model   *format.Model
	proof   *proof // nil without --check
}

// report prints what was converted.
func (f *convertFlags) report(w io.Writer, c *conversion) error {
	info, err := os.Stat(f.output.output)
	if err != nil {
		return err
	}
	if f.output.json {
		return cli.WriteJSON(w, f.json(c, info.Size()))
	}
	var b bytes.Buffer
	f.summary(&b, c)
	fmt.Fprintf(&b, "%-12s%s, %d bytes\n", "written", f.output.output, info.Size())
	_, err = w.Write(b.Bytes())
	return err
}

// summary describes the model.
func (f *convertFlags) summary(b *bytes.Buffer, c *conversion) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(b, "%-12s"+format+"\n", append([]any{what}, args...)...)
	}
	line("source", "%s, %s", c.source.name, c.source.kind)
	switch e := c.model.Embedding; {
	case c.model.Graph != nil:
		for _, port := range portsOf(c.model) {
			line(port.what, "%s", port)
		}
	case e != nil:
		line("input", "tokens, %d of %d numbers each", e.Tokens, e.Size)
	default:
		line("input", "%s per step", message.Count(c.model.InputSize, "number"))
	}
	if t := c.model.Tokenizer; t != nil {
		line("texts", "%v", t.Kind)
	}
	if c.model.Graph != nil {
		line("nodes", "%s", graphNodes(c.model.Graph))
	}
	c.layers(line)
	if c.model.Graph == nil {
		line("steps used", "%s", steps(c.model.Pool))
		line("output", "%d, %v", c.network.OutputSize(), c.network.Output)
	}
	for _, note := range notesOf(c.network) {
		line("note", "%s", note)
	}
	line("parameters", "%d", c.model.Parameters())
	if p := c.proof; p != nil {
		line("check", "max error %.3g, mean error %.3g%s, over %s of %s%s", p.max, p.mean, p.matched(), message.Count(p.sequences, "sequence"), message.Count(p.steps, "step"),
			map[bool]string{true: "; kept in the model"}[!f.synthetic()])
		for i := range p.outputs {
			line("", "%s: max error %.3g, mean error %.3g", cli.Printable(p.outputs[i].name), p.outputs[i].max, p.outputs[i].mean)
		}
	} else {
		line("check", "none: give inputs and outputs with --check to verify the conversion")
	}
	if f.synthetic() {
		line("goldens", "%d with random inputs, for rnnrun verify", len(c.model.Goldens))
	}
}

// of describes y: outputs or logits.
func (p *proof) of() string {
	if p.logits {
		return "logits"
	}
	return "outputs"
}

// matched returns a note if y are the logits.
func (p *proof) matched() string {
	if p.logits {
		return ", of the logits (y are not the outputs of the model's function)"
	}
	return ""
}

// steps describes which steps feed the layers after the last recurrent one.
func steps(p format.Pool) string {
	switch p {
	case format.PoolNone:
		return "every step: one output per step"
	case format.PoolLast:
		return "last (h_n): one output per sequence"
	case format.PoolLastOutput:
		return "last output (of both directions): one output per sequence"
	}
	return p.String() + " over all: one output per sequence"
}

// layers prints the layers of a stack.
func (c *conversion) layers(line func(what, format string, args ...any)) {
	for i := range c.network.Layers {
		line("layer", "%v", &c.network.Layers[i])
	}
	if c.network.Graph != nil { // the model may be a stack of a graph's layers
		for i := range c.model.Layers {
			line("layer", "%s", network.DescribePacked(&c.model.Layers[i]))
		}
		if h := c.model.Head; h != nil {
			line("layer", "%s, %d → %d", format.CellDense, h.InputSize, h.OutputSize)
		}
	}
}

func (f *convertFlags) json(c *conversion, size int64) cli.Object {
	var layers cli.Array
	for i := range c.network.Layers {
		l := &c.network.Layers[i]
		layers = append(layers, cli.Object{
			"name", l.Name,
			"kind", l.Cell.String(),
			"input_size", l.InputSize,
			"hidden_size", l.HiddenSize,
			"output_size", l.OutputSize(),
			"directions", len(l.Directions),
		})
	}
	o := cli.Object{
		"source", c.source.name,
		"kind", c.source.kind,
		"model", f.output.output,
		"bytes", size,
		"input_size", c.model.InputSize,
	}
	if e := c.model.Embedding; e != nil {
		o = append(o, "tokens", e.Tokens)
	}
	if c.model.Graph != nil {
		lists := map[string]cli.Array{"input": {}, "output": {}}
		for _, port := range portsOf(c.model) {
			lists[port.what] = append(lists[port.what], port.json())
		}
		o = append(o, "inputs", lists["input"], "outputs", lists["output"])
	}
	o = append(o,
		"layers", layers,
		"pool", c.network.Pool.String(),
		"output", c.network.Output.String(),
		"output_size", c.network.OutputSize(),
		"task", c.network.Task.String(),
		"parameters", c.model.Parameters(),
	)
	if list := notesOf(c.network); len(list) > 0 {
		var notes cli.Array
		for _, note := range list {
			notes = append(notes, note)
		}
		o = append(o, "notes", notes)
	}
	if p := c.proof; p != nil {
		o = append(o, "check", p.json(f.tolerance))
	}
	return o
}

func (p *proof) json(tolerance float64) cli.Object {
	outputs := cli.Array{}
	for i := range p.outputs {
		outputs = append(outputs, cli.Object{"name", p.outputs[i].name, "max_error", p.outputs[i].max, "mean_error", p.outputs[i].mean})
	}
	return cli.Object{
		"max_error", p.max,
		"mean_error", p.mean,
		"sequences", p.sequences,
		"steps", p.steps,
		"tolerance", tolerance,
		"of", p.of(),
		"outputs", outputs,
	}
}

// notesOf returns a network's notes, and names the flags that replace inputs of the
// source.
func notesOf(n *network.Network) []string {
	notes := slices.Clone(n.Notes)
	if n.DoubtfulReset {
		notes = append(notes, doubtfulReset)
	}
	if n.TakesStates {
		notes = append(notes, "rnnrun run --state-in gives states before the first step")
	}
	if n.TakesLengths {
		notes = append(notes, "rnnrun run --lengths gives the lengths of sequences")
	}
	return notes
}
