package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// convertFlags are the flags of the command convert.
type convertFlags struct {
	args               []string // the command line, for the model's provenance
	output             outputFlags
	dry                bool           // print what would be converted, and write nothing
	shape              []int          // shape of forward's first input in TorchScript
	dimensions         map[string]int // lengths of open dimensions of an ONNX graph
	graphOutput        string         // output of an ONNX graph that is the network's output
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
	golden             string // which inputs the file stores
}

func (f *convertFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.output.output, "model", "o", "", "the .rnn file to write (required)")
	c.Flags().StringVar(&f.graphOutput, "output", "", "ONNX or TensorFlow graphs with several outputs: the output to use; without -o, the .rnn file to write")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "print layer by layer how IN is understood, and write nothing; the exit code is 1 if it would not be converted")
	c.Flags().BoolVar(&f.output.json, "json", false, "print the result as JSON")
	c.Flags().StringVar(&f.arch, "arch", "", "JSON description of the architecture, for a state_dict, which has none")
	c.Flags().StringVar(&f.pool, "pool", "", "state_dicts: which steps feed the layers after the last recurrent one: none, last, last_output, max, mean")
	c.Flags().StringVar(&f.nonlinearity, "nonlinearity", "", "state_dicts: nonlinearity of the RNNs: tanh, relu")
	c.Flags().StringVar(&f.stateDict, "state-dict", "", "checkpoints: key of the state_dict")
	c.Flags().StringVar(&f.function, "output-function", "", "state_dicts: function of the outputs: linear, softmax, sigmoid, log_softmax, argmax")
	c.Flags().StringVar(&f.task, "task", "", "what the model is for: regress, classify, tag, language")
	c.Flags().StringSliceVar(&f.labels, "labels", nil, "names of the outputs, separated by commas; put a name with a comma in double quotes, as in CSV")
	f.text.add(c, "", "models that read tokens: ")
	c.Flags().StringVar(&f.name, "name", "", "name of the model, for its provenance")
	c.Flags().StringArrayVar(&f.inputs, "input", nil, "NAME=FILE or NAME=NUMBER: constant value of an input of an ONNX or TensorFlow graph: an .npy file, a .pb of ONNX's test data (both only for ONNX), or a number; may be repeated")
	c.Flags().StringToIntVar(&f.dimensions, "dimension", nil, "NAME=N: an open dimension of an ONNX graph is N in every step, not the number of steps; may be repeated; Keras models: steps=N, the length of the inputs")
	c.Flags().IntSliceVar(&f.shape, "shape", nil, "TorchScript and TensorFlow graphs: shape of the first input, with 0 for the number of steps: 1,0,41 (default: found by trial)")
	c.Flags().StringVar(&f.gru, "gru", "", "ONNX graphs: whether GRUs reset after the product with the state, as in PyTorch, or before: reset-after, reset-before; overrides the graph, in which PyTorch's newer exporter writes it wrongly")
	c.Flags().StringArrayVar(&f.checks, "check", nil, "an .npz `FILE` with inputs x and the other framework's outputs y, or NAME=FILE for an input or an output of a network; may be repeated")
	c.Flags().Float64Var(&f.tolerance, "tolerance", 1e-4, "greatest difference of an output that --check accepts")
	c.Flags().StringVar(&f.frontEnd, "front-end", "", "`SPEC` of the features that the model reads, so that it can read samples: mfcc:rate=16000,window=25ms,hop=10ms, or mfcc:like=librosa,…")
	c.Flags().StringVar(&f.golden, "golden", "check", "inputs in the file that rnnrun verify replays: check (those of --check) or synthetic (random ones, also without --check)")
	complete(c, "golden", convertGoldens...)
	complete(c, "pool", "none", "last", "last_output", "max", "mean")
	complete(c, "nonlinearity", "tanh", "relu")
	complete(c, "output-function", "linear", "softmax", "sigmoid", "log_softmax", "argmax")
	complete(c, "task", "regress", "classify", "tag", "language")
	complete(c, "gru", "reset-after", "reset-before")
}

// settle sets the path of the model: the value of --output if -o is not given.
func (f *convertFlags) settle() error {
	if f.output.output == "" && !(f.dry && filepath.Ext(f.graphOutput) != ".rnn") {
		f.output.output, f.graphOutput = f.graphOutput, ""
	}
	if f.output.output == "" && !f.dry {
		return cli.Usagef(`required flag(s) "output" not set: -o names the .rnn file to write`)
	}
	return nil
}
