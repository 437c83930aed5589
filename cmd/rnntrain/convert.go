package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func newConvertCommand(args []string) *cobra.Command {
	f := convertFlags{args: args}
	c := &cobra.Command{
		Use:   "convert IN -o MODEL",
		Short: "Bring in a model that another framework trained",
		Long: `convert reads a model of another framework and writes it as a .rnn file. IN is
- an ONNX model, opsets 7 to 24
- a PyTorch state_dict, as .safetensors, as .pt or .pth of torch.save, as .npz,
  or as JSON
- a model of Keras, as .keras or .h5, or weights alone with the JSON of
  model.to_json() by --arch or beside them; TensorFlow.js' model.json
- TensorFlow's SavedModel (its folder, or a .zip of that) or frozen graph (GraphDef)
- RTNeural's JSON of a Keras model, or the JSON of PyTorch guitar-amplifier models

and "-" is stdin. The content of IN decides how it is read, not its name.

convert understands everything in the file, or refuses and names what it does
not. --dry-run shows layer by layer what is understood beside what is not. Where a state_dict leaves something open, such as the nonlinearity of an
RNN, the error shows what to write into an --arch file.

A classifier that was trained with a cross-entropy gives logits, since that loss
has the softmax in it. With --task classify or tag, convert adds the softmax (the
sigmoid, if there is only one output) and says so; --output-function linear
leaves the logits.

Where an ONNX graph leaves weights or numbers open as inputs, --input gives them.
Where it has several outputs, --output beside -o names the one that is the model's.

A model of texts takes tokens. --vocabulary gives their texts, a token a line or a
JSON object {token: id}, and --tokenizer says what a token is; --start, --end and
--unknown are tokens or their ids. Then rnnrun classify, tag and generate read texts.

--check proves that it is the same model: it runs the model on the inputs x of
an .npz file, [T,I] or [N,T,I], or tokens [T] or [N,T], compares the outputs
with y, which the other framework computed, and stores the inputs in MODEL, so
that rnnrun verify repeats the proof on a device. y may be the outputs or the logits.
A network with several inputs or outputs has an array for each, of its name; or each
stands in a file of its own, --check NAME=FILE, an .npy or a .pb of ONNX's test data.
If a step has several frames, rows may be frames. h0 and c0 are states before the
first step, h_n and c_n those after the last one, as PyTorch has them.

A model of sound reads features. --front-end puts in front of it what makes them of
samples, so that no other program has to: docs/frontends.md lists the kinds and
settings.

docs/convert.md describes the --arch file, and how to write an .npz to check.`,
		Example: `  rnntrain convert --dry-run model.onnx
  rnntrain convert model.safetensors -o model.rnn
  rnntrain convert model.pt -o model.rnn --pool last --check check.npz
  rnntrain convert checkpoint.pth -o model.rnn --arch arch.json --name "my model"
  rnntrain convert node.onnx -o model.rnn --input W=w.npy --input R=r.npy --input B=b.npy
  rnntrain convert names.pt -o names.rnn --task language --vocabulary chars.json --tokenizer characters --start "<s>" --end "</s>"
  rnntrain convert vad.onnx -o model.rnn --input sr=16000 --output probability
  rnntrain convert keywords.onnx -o model.rnn --front-end mfcc:like=librosa,rate=16000,window=512,hop=160`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return f.run(c, paths[0]) },
	}
	f.add(c)
	return c
}

func (f *convertFlags) run(c *cobra.Command, path string) error {
	if err := f.settle(); err != nil {
		return err
	}
	if !(f.tolerance >= 0) {
		return cli.Usagef("--tolerance %g is no number from 0 on", f.tolerance)
	}
	if _, err := choose("golden", f.golden, map[string]bool{"check": true, "synthetic": true}, convertGoldens...); err != nil {
		return err
	}
	if f.dry {
		return f.dryRun(c, path)
	}
	outputs, err := cli.ClaimOutputs(f.reads(path), cli.Output{Flag: "-o", Path: f.output.output})
	if err != nil {
		return err
	}
	defer outputs.Release()
	s, err := f.open(c, path)
	if err != nil {
		return err
	}
	converted, err := f.convert(s)
	if err != nil {
		return err
	}
	if err := format.WriteFile(f.output.output, converted.model); err != nil {
		return err
	}
	return f.report(c.OutOrStdout(), converted)
}

// open reads the source's file, and what the flags say of it.
func (f *convertFlags) open(c *cobra.Command, path string) (*source, error) {
	data, err := readInput(c, path)
	if err != nil {
		return nil, err
	}
	s := &source{data: data, name: path, shape: f.shape}
	s.graph.Output, s.graph.Dimensions = f.graphOutput, f.dimensions
	if err := f.describe(s); err != nil {
		return nil, err
	}
	if s.graph.Constants, err = readConstants(f.inputs); err != nil {
		return nil, err
	}
	if len(f.checks) > 0 {
		s.checked, err = readProof(f.checks)
	}
	return s, err
}

// convert reads the source, and proves the model that it makes of it.
func (f *convertFlags) convert(s *source) (*conversion, error) {
	n, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if err := f.setReset(n, s.kind); err != nil {
		return nil, err
	}
	if err := f.complete(n, s); err != nil {
		return nil, err
	}
	m, err := n.Model()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if s.checked != nil {
		if m, err = s.checked.choose(n, m, f.tolerance); err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(f.checks, ", "), err)
		}
	}
	notes, err := f.text.apply(m)
	if err != nil {
		return nil, err
	}
	n.Notes = append(n.Notes, notes...)
	if m, notes, err = f.behindFrontEnd(m); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	n.Notes = append(n.Notes, notes...)
	if f.synthetic() {
		if err := addSynthetic(m); err != nil {
			return nil, err
		}
	}
	return &conversion{source: s, network: n, model: m, proof: s.checked}, nil
}

// reads lists the files that are read.
func (f *convertFlags) reads(path string) []string {
	list := append([]string{path, f.arch, f.text.vocabulary}, f.checks...)
	for _, input := range slices.Concat(f.inputs, f.checks) {
		_, file, _ := strings.Cut(input, "=")
		list = append(list, file)
	}
	return list
}

// readInput reads a file, or stdin; of a SavedModel's folder its saved_model.pb.
func readInput(c *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(c.InOrStdin())
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if model := filepath.Join(path, savedmodel.File); exists(model) {
			return os.ReadFile(model)
		}
		return nil, fmt.Errorf("%s: %w", path, unreadFolder(path))
	}
	return os.ReadFile(path)
}

// complete sets what the flags say of the network, and where it comes from.
func (f *convertFlags) complete(n *network.Network, s *source) error {
	if f.task != "" {
		task, err := choose("task", f.task, map[string]format.Task{
			"regress": format.TaskRegress, "classify": format.TaskClassify, "tag": format.TaskTag, "language": format.TaskLanguage,
		}, "regress", "classify", "tag", "language")
		if err != nil {
			return err
		}
		n.Task = task
	}
	if s.arch.Output == "" {
		implyOutput(n)
	}
	if len(f.labels) > 0 {
		n.Labels = f.labels
	}
	if f.name != "" {
		n.Provenance = append(n.Provenance, format.Property{Key: "name", Value: f.name})
	}
	n.Provenance = append(n.Provenance,
		format.Property{Key: "made by", Value: "rnntrain " + strings.Join(portable(f.args), " ")},
		format.Property{Key: "source " + filepath.Base(s.name), Value: fmt.Sprintf("%s, sha256 %s", s.kind, s.sum())},
	)
	return nil
}
