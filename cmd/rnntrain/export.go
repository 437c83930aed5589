package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/export"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

func newExportCommand() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:   "export MODEL -o FILE",
		Short: "Write a model for another framework",
		Long: cli.LongHelp(`export writes a model as an ONNX graph of opset 17 (.onnx), its weights with
PyTorch's names (.safetensors), the JSON of RTNeural and AIDA-X (.json, .aidax), or
the file of Neural Amp Modeler (.nam).

The ONNX graph reads sequences [batch, steps, inputs] of any number and length, or
tokens [batch, steps], and has the names of the model's inputs and outputs, or "input"
and "output" for a stack of layers. With --stream it reads a part of a stream: the
states before the first step are also inputs (zeros at the start), and the states after
the last step are also outputs.

A .safetensors file has the architecture in its metadata (docs/arch.md), so that convert
can turn it back into the same model.

RTNeural's JSON and .nam have stacks of LSTMs below a linear layer, such as rnntrain
amp makes, for plugins that play amplifiers. Normalization becomes a part of the
weights; the result is compared with the model before it is written. In a .nam file,
one additional unit in each layer carries the dry sound.

Weights are written as float32 or float16; int8 and int4 weights are multiplied by their
scales. A model with int8 weights also rounds their inputs, which other frameworks do
not do, so the outputs differ a little.

`),
		Example: `  rnntrain export model.rnn -o model.onnx
  rnntrain export vad.rnn -o vad.onnx --stream
  rnntrain export model.rnn -o model.safetensors
  rnntrain export amp.rnn -o amp.aidax
  rnntrain export amp.rnn -o amp.nam`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cli.CompleteModel,
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	c.Flags().StringVarP(&f.output, "output", "o", "", "the .onnx, .safetensors, .json, .aidax or .nam file to write (required)")
	c.Flags().BoolVar(&f.stream, "stream", false, "streaming: make the states inputs and outputs of the graph")
	c.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
	return c
}

// exportFlags are the flags of the command export.
type exportFlags struct {
	output string
	stream bool
	json   bool
}

// An exported is a file for another framework, with its description.
type exported struct {
	kind    string
	data    []byte
	inputs  []string // with their shapes
	outputs []string
	tensors []string // names of the tensors, in a file of weights
	notes   []string
}

// run exports the model of that name.
func (f *exportFlags) run(c *cobra.Command, name string) error {
	write, err := f.format()
	if err != nil {
		return err
	}
	outputs, err := cli.ClaimOutputs([]string{name}, cli.Output{Flag: "-o", Path: f.output})
	if err != nil {
		return err
	}
	defer outputs.Release()
	m, _, err := cli.ReadModel(name)
	if err != nil {
		return err
	}
	e, err := write(m)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if m.WeightBytes(format.DTypeInt8) > 0 {
		e.notes = append(e.notes, "the model rounds the inputs of int8 weights, but the exported one does not: the outputs differ a little")
	}
	err = atomicfile.Write(f.output, func(w io.Writer) error {
		_, err := w.Write(e.data)
		return err
	})
	if err != nil {
		return err
	}
	return f.report(c.OutOrStdout(), name, e)
}

// format returns the function that writes the format of the output's extension.
func (f *exportFlags) format() (func(m *format.Model) (*exported, error), error) {
	switch strings.ToLower(filepath.Ext(f.output)) {
	case ".onnx":
		return f.onnx, nil
	case ".safetensors":
		return f.withoutStreams(safetensorsOf)
	case ".json", ".aidax":
		return f.withoutStreams(aidaxOf)
	case ".nam":
		return f.withoutStreams(namOf)
	}
	return nil, cli.Usagef("-o %s: give a name that ends with .onnx or .safetensors, for AIDA-X with .json or .aidax, or for Neural Amp Modeler with .nam", f.output)
}

// withoutStreams returns write, for a format without states as inputs. It refuses
// --stream.
func (f *exportFlags) withoutStreams(write func(m *format.Model) (*exported, error)) (func(m *format.Model) (*exported, error), error) {
	if f.stream {
		return nil, cli.Usagef("--stream is for ONNX graphs: leave it out, or give -o FILE.onnx")
	}
	return write, nil
}

func (f *exportFlags) onnx(m *format.Model) (*exported, error) {
	file, err := export.Model(m, export.Options{Stream: f.stream})
	if err != nil {
		return nil, err
	}
	e := &exported{kind: fmt.Sprintf("ONNX, opset %d, %s", file.Opset, message.Count(len(file.Nodes), "node")), data: file.Marshal()}
	for _, v := range file.Inputs {
		e.inputs = append(e.inputs, fmt.Sprint(v.Name, " ", v.Shape))
	}
	for _, v := range file.Outputs {
		e.outputs = append(e.outputs, fmt.Sprint(v.Name, " ", v.Shape))
	}
	return e, nil
}

// safetensorsOf returns a model's weights with PyTorch's names.
func safetensorsOf(m *format.Model) (*exported, error) {
	tensors, a, err := statedict.Describe(m)
	if err != nil {
		return nil, err
	}
	data, err := safetensors.Marshal(tensors, safetensors.Property{Name: architectureProperty, Value: a.String()})
	if err != nil {
		return nil, err
	}
	e := &exported{kind: "safetensors, " + message.Count(len(tensors), "tensor"), data: data}
	for _, t := range tensors {
		e.tensors = append(e.tensors, fmt.Sprint(t.Name, " ", t.Shape))
	}
	return e, nil
}

// report prints what was written.
func (f *exportFlags) report(w io.Writer, name string, e *exported) error {
	info, err := os.Stat(f.output)
	if err != nil {
		return err
	}
	if f.json {
		return cli.WriteJSON(w, cli.Object{
			"model", name, "file", f.output, "kind", e.kind, "inputs", e.inputs, "outputs", e.outputs, "tensors", e.tensors, "notes", e.notes, "bytes", info.Size(),
		})
	}
	var b strings.Builder
	line := func(what, text string) { fmt.Fprintf(&b, "%-12s%s\n", what, text) }
	line("kind", e.kind)
	for _, part := range []struct {
		what string
		list []string
	}{{"input", e.inputs}, {"output", e.outputs}, {"tensor", e.tensors}, {"note", e.notes}} {
		for _, text := range part.list {
			line(part.what, text)
		}
	}
	line("written", fmt.Sprintf("%s, %d bytes", f.output, info.Size()))
	_, err = io.WriteString(w, b.String())
	return err
}
