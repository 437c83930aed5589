package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// convertFlags are what the command convert is told.
type convertFlags struct {
	args               []string // the command line, for the model's provenance
	output             outputFlags
	dry                bool           // says what would be converted, and writes nothing
	shape              []int          // of TorchScript, that of forward's first input
	dimensions         map[string]int // of an ONNX graph, lengths of open dimensions
	graphOutput        string         // of an ONNX graph, the output that is the network's
	arch               string
	pool, nonlinearity string
	stateDict          string
	function           string // of the outputs
	task               string
	labels             []string
	name               string
	inputs             []string // NAME=FILE or NAME=NUMBER
	gru                string   // whether GRUs reset after or before the product
	text               importedText
	checks             []string // .npz files, or NAME=FILE of an array
	tolerance          float64
	frontEnd           string // a specification
	golden             string // whose inputs are in the file
}

func (f *convertFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.output.output, "model", "o", "", "the .rnn file to write (required)")
	c.Flags().StringVar(&f.graphOutput, "output", "", "of a graph of ONNX or TensorFlow with several outputs, the name of the one that is the model's; without -o, the .rnn file to write")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "print what of IN is understood, layer by layer, and what is not, and write nothing; the exit code is 1 if it would not be converted")
	c.Flags().BoolVar(&f.output.json, "json", false, "print the result as JSON")
	c.Flags().StringVar(&f.arch, "arch", "", "JSON description of the architecture, which a state_dict lacks")
	c.Flags().StringVar(&f.pool, "pool", "", "of a state_dict, which steps feed the layers after the last recurrent one: none, last, last_output, max, mean")
	c.Flags().StringVar(&f.nonlinearity, "nonlinearity", "", "of a state_dict, the nonlinearity of its RNNs: tanh, relu")
	c.Flags().StringVar(&f.stateDict, "state-dict", "", "of a checkpoint, the key of the state_dict")
	c.Flags().StringVar(&f.function, "output-function", "", "of a state_dict, the function of its outputs: linear, softmax, sigmoid, log_softmax, argmax")
	c.Flags().StringVar(&f.task, "task", "", "what the model is for: regress, classify, tag, language")
	c.Flags().StringSliceVar(&f.labels, "labels", nil, "names of the outputs, separated by commas; a name with a comma stands in double quotes, as in CSV")
	f.text.add(c, "", "of a model that takes tokens, ")
	c.Flags().StringVar(&f.name, "name", "", "name of the model, for its provenance")
	c.Flags().StringArrayVar(&f.inputs, "input", nil, "NAME=FILE or NAME=NUMBER: an input of an ONNX graph that is constant (of TensorFlow's a number), from an .npy file or a .pb of ONNX's test data, or a number; may be repeated")
	c.Flags().StringToIntVar(&f.dimensions, "dimension", nil, "NAME=N: an open dimension of an ONNX graph is N in every step, and not the number of steps; may be repeated; of a Keras model steps=N, the length of its inputs")
	c.Flags().IntSliceVar(&f.shape, "shape", nil, "of TorchScript and of a graph of TensorFlow, the shape of the first input, with 0 for the number of steps: 1,0,41; found by trying if it is not given")
	c.Flags().StringVar(&f.gru, "gru", "", "of an ONNX graph, whether its GRUs reset after the product with the state, as PyTorch's do, or before: reset-after, reset-before; the graph says so, but PyTorch's newer exporter says it wrongly")
	c.Flags().StringArrayVar(&f.checks, "check", nil, "an .npz `FILE` of inputs x, and outputs y of the other framework, or NAME=FILE for an input or an output of a network; may be repeated")
	c.Flags().Float64Var(&f.tolerance, "tolerance", 1e-4, "maximum difference of an output that --check accepts")
	c.Flags().StringVar(&f.frontEnd, "front-end", "", "a `SPEC` of the features that the model reads, so that it reads samples itself: mfcc:rate=16000,window=25ms,hop=10ms, or mfcc:like=librosa,…")
	c.Flags().StringVar(&f.golden, "golden", "check", "inputs in the file that rnnrun verify replays: check, those of --check; synthetic, random ones, also without --check")
	complete(c, "golden", convertGoldens...)
	complete(c, "pool", "none", "last", "last_output", "max", "mean")
	complete(c, "nonlinearity", "tanh", "relu")
	complete(c, "output-function", "linear", "softmax", "sigmoid", "log_softmax", "argmax")
	complete(c, "task", "regress", "classify", "tag", "language")
	complete(c, "gru", "reset-after", "reset-before")
}

// settle finds out where the model goes: --output says so if -o does not.
func (f *convertFlags) settle() error {
	if f.output.output == "" && !(f.dry && filepath.Ext(f.graphOutput) != ".rnn") {
		f.output.output, f.graphOutput = f.graphOutput, ""
	}
	if f.output.output == "" && !f.dry {
		return cli.Usagef(`required flag(s) "output" not set: -o names the .rnn file to write`)
	}
	return nil
}
