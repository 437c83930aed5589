package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
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
- RTNeural's JSON of a Keras model, or the JSON of PyTorch guitar-amplifier models

and "-" is stdin. The content of IN decides how it is read, not its name.

convert understands everything in the file, or refuses and names what it does
not. Where a state_dict leaves something open, such as the nonlinearity of an
RNN, the error shows what to write into an --arch file.

A classifier that was trained with a cross-entropy gives logits, since that loss
has the softmax in it. With --task classify or tag, convert adds the softmax (the
sigmoid, if there is only one output) and says so; --output-function linear
leaves the logits.

Where an ONNX graph leaves weights open as inputs, --input gives them.

--check proves that it is the same model: it runs the model on the inputs x of
an .npz file, [T,I] or [N,T,I], or tokens [T] or [N,T], compares the outputs
with y, which the other framework computed, and stores the inputs in MODEL, so
that rnnrun verify repeats the proof on a device. y may be the outputs or the logits.

docs/convert.md describes the --arch file, and how to write an .npz to check.`,
		Example: `  rnntrain convert model.safetensors -o model.rnn
  rnntrain convert model.pt -o model.rnn --pool last --check check.npz
  rnntrain convert checkpoint.pth -o model.rnn --arch arch.json --name "my model"
  rnntrain convert node.onnx -o model.rnn --input W=w.npy --input R=r.npy --input B=b.npy`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return f.run(c, paths[0]) },
	}
	f.output.addModel(c)
	c.Flags().StringVar(&f.arch, "arch", "", "a JSON file that says what a state_dict does not")
	c.Flags().StringVar(&f.pool, "pool", "", "of a state_dict, which steps feed the layers after the last recurrent one: none, last, last_output, max, mean")
	c.Flags().StringVar(&f.nonlinearity, "nonlinearity", "", "of a state_dict, the nonlinearity of its RNNs: tanh, relu")
	c.Flags().StringVar(&f.stateDict, "state-dict", "", "of a checkpoint, the key of the state_dict")
	c.Flags().StringVar(&f.function, "output-function", "", "of a state_dict, the function of its outputs: linear, softmax, sigmoid, log_softmax, argmax")
	c.Flags().StringVar(&f.task, "task", "", "what the model is for: regress, classify, tag, language")
	c.Flags().StringSliceVar(&f.labels, "labels", nil, "names of the outputs, separated by commas; a name with a comma stands in double quotes, as in CSV")
	c.Flags().StringVar(&f.name, "name", "", "name of the model, for its provenance")
	c.Flags().StringArrayVar(&f.inputs, "input", nil, "NAME=FILE: an input of an ONNX graph that is constant, from an .npy file or a .pb of ONNX's test data; may be repeated")
	c.Flags().StringVar(&f.gru, "gru", "", "of an ONNX graph, whether its GRUs reset after the product with the state, as PyTorch's do, or before: reset-after, reset-before; the graph says so, but PyTorch's newer exporter says it wrongly")
	c.Flags().StringVar(&f.check, "check", "", "an .npz file of inputs x, and outputs y of the other framework")
	c.Flags().Float64Var(&f.tolerance, "tolerance", 1e-4, "greatest difference of an output that --check allows")
	complete(c, "pool", "none", "last", "last_output", "max", "mean")
	complete(c, "nonlinearity", "tanh", "relu")
	complete(c, "output-function", "linear", "softmax", "sigmoid", "log_softmax", "argmax")
	complete(c, "gru", "reset-after", "reset-before")
	complete(c, "task", "regress", "classify", "tag", "language")
	return c
}

// convertFlags are what the command convert is told.
type convertFlags struct {
	args               []string // the command line, for the model's provenance
	output             outputFlags
	arch               string
	pool, nonlinearity string
	stateDict          string
	function           string // of the outputs
	task               string
	labels             []string
	name               string
	inputs             []string // NAME=FILE
	gru                string   // whether GRUs reset after or before the product
	check              string
	tolerance          float64
}

func (f *convertFlags) run(c *cobra.Command, path string) error {
	if !(f.tolerance >= 0) {
		return cli.Usagef("--tolerance %g is no number from 0 on", f.tolerance)
	}
	data, err := readInput(c, path)
	if err != nil {
		return err
	}
	s := source{data: data, name: path}
	if err := f.describe(&s); err != nil {
		return err
	}
	if s.constants, err = readConstants(f.inputs); err != nil {
		return err
	}
	var proof *proof
	if f.check != "" {
		if proof, err = readProof(f.check); err != nil {
			return err
		}
		s.checked = proof
	}
	n, err := s.read()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := f.setReset(n, s.kind); err != nil {
		return err
	}
	if err := f.complete(n, &s); err != nil {
		return err
	}
	m, err := n.Model()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if proof != nil {
		if m, err = proof.choose(n, m, f.tolerance); err != nil {
			return fmt.Errorf("%s: %w", f.check, err)
		}
	}
	if err := format.WriteFile(f.output.output, m); err != nil {
		return err
	}
	return f.report(c.OutOrStdout(), &conversion{source: &s, network: n, model: m, proof: proof})
}

// readInput reads a file, or stdin.
func readInput(c *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(c.InOrStdin())
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
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
