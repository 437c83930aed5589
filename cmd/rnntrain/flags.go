package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// choose returns the value of the name that a flag gives.
func choose[T any](flag, name string, values map[string]T, order ...string) (T, error) {
	v, ok := values[name]
	if !ok {
		return v, cli.Usagef("--%s %q is not one of %s", flag, name, strings.Join(order, ", "))
	}
	return v, nil
}

// complete offers a flag's values to the shell's completion.
func complete(c *cobra.Command, flag string, values ...string) {
	completions := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	if err := c.RegisterFlagCompletionFunc(flag, completions); err != nil {
		panic(err) // the flag exists
	}
}

// networkFlags describe the network.
type networkFlags struct {
	cell          string
	hidden        int
	layers        int
	embedding     int
	bidirectional bool
	init          string
	recurrentInit string
	forgetBias    float64
	from          string
}

// A cellChoice is what --cell names.
type cellChoice struct {
	cell    format.Cell
	variant format.Variant
}

var cells = map[string]cellChoice{
	"rnn":              {format.CellRNN, format.VariantTanh},
	"rnn-relu":         {format.CellRNN, format.VariantReLU},
	"lstm":             {format.CellLSTM, format.VariantStandard},
	"gru":              {format.CellGRU, format.VariantResetAfter},
	"gru-reset-before": {format.CellGRU, format.VariantResetBefore},
}

var cellNames = []string{"rnn", "rnn-relu", "lstm", "gru", "gru-reset-before"}

var initializations = []string{"uniform", "xavier", "orthogonal", "identity"}

func (f *networkFlags) add(c *cobra.Command) {
	f.addRecurrent(c)
	c.Flags().IntVar(&f.embedding, "embedding", f.embedding, "width of the embedding")
}

// addRecurrent adds the flags of networks that read numbers, too.
func (f *networkFlags) addRecurrent(c *cobra.Command) {
	c.Flags().StringVar(&f.cell, "cell", f.cell, "cell: rnn, rnn-relu, lstm, gru, gru-reset-before")
	c.Flags().IntVar(&f.hidden, "hidden", f.hidden, "units of a layer")
	c.Flags().IntVar(&f.layers, "layers", f.layers, "recurrent layers")
	c.Flags().BoolVar(&f.bidirectional, "bidirectional", f.bidirectional, "read the sequence in both directions")
	c.Flags().StringVar(&f.init, "init", "uniform", "weights over a layer's input at first: uniform, xavier, orthogonal, identity")
	c.Flags().StringVar(&f.recurrentInit, "recurrent-init", "uniform", "weights over a layer's state at first: as --init")
	c.Flags().Float64Var(&f.forgetBias, "forget-bias", 1, "bias of an lstm's forget gates at first")
	f.addFrom(c)
	complete(c, "cell", cellNames...)
	complete(c, "init", initializations...)
	complete(c, "recurrent-init", initializations...)
}

func (f *networkFlags) architecture() (trainer.Architecture, error) {
	v, err := choose("cell", f.cell, cells, cellNames...)
	if err != nil {
		return trainer.Architecture{}, err
	}
	inits := map[string]trainer.Init{
		"uniform": trainer.InitUniform, "xavier": trainer.InitXavier, "orthogonal": trainer.InitOrthogonal, "identity": trainer.InitIdentity,
	}
	input, err := choose("init", f.init, inits, initializations...)
	if err != nil {
		return trainer.Architecture{}, err
	}
	recurrent, err := choose("recurrent-init", f.recurrentInit, inits, initializations...)
	if err != nil {
		return trainer.Architecture{}, err
	}
	return trainer.Architecture{
		Cell: v.cell, Variant: v.variant,
		HiddenSize: f.hidden, Layers: f.layers,
		EmbeddingSize: f.embedding, Bidirectional: f.bidirectional,
		Initialization: trainer.Initialization{Input: input, Recurrent: recurrent, ForgetBias: &f.forgetBias},
	}, nil
}

// textFlags describe how texts become tokens.
type textFlags struct {
	tokens     string
	vocabulary int
	minCount   int
	lowercase  bool
	maxRun     int
	maxLength  int
	prefix     string // of the flags' names
}

func (f *textFlags) add(c *cobra.Command) { f.addNamed(c, "", "") }

// addSide adds the flags of the source or the target.
func (f *textFlags) addSide(c *cobra.Command, side string) { f.addNamed(c, side+"-", side+": ") }

func (f *textFlags) addNamed(c *cobra.Command, prefix, of string) {
	f.prefix = prefix
	c.Flags().StringVar(&f.tokens, prefix+"tokens", f.tokens, of+"what a token is: byte, char, jamo, word")
	c.Flags().IntVar(&f.vocabulary, prefix+"vocabulary", f.vocabulary, of+"most tokens of the vocabulary, the most frequent ones; 0: all")
	c.Flags().IntVar(&f.minCount, prefix+"min-count", f.minCount, of+"least occurrences of a token of the vocabulary")
	c.Flags().BoolVar(&f.lowercase, prefix+"lowercase", f.lowercase, of+"make letters small")
	c.Flags().IntVar(&f.maxRun, prefix+"max-run", f.maxRun, of+"cut longer runs of one character; 0: no limit")
	complete(c, prefix+"tokens", "byte", "char", "jamo", "word")
}

func (f *textFlags) tokenizer() (*format.Tokenizer, error) {
	kind, err := choose(f.prefix+"tokens", f.tokens, map[string]format.TokenizerKind{
		"byte": format.TokenizerBytes, "char": format.TokenizerChars, "jamo": format.TokenizerJamo, "word": format.TokenizerWords,
	}, "byte", "char", "jamo", "word")
	if err != nil {
		return nil, err
	}
	return &format.Tokenizer{
		Kind: kind, Lowercase: f.lowercase, MaxRun: f.maxRun, MaxLength: f.maxLength,
		Unknown: -1, Start: -1, End: -1,
	}, nil
}

// outputFlags say where the model goes.
type outputFlags struct {
	output string
	log    string
	plot   string
	json   bool
}

// add adds the flags of a training, which has a log.
func (f *outputFlags) add(c *cobra.Command) {
	f.addModel(c)
	c.Flags().StringVar(&f.log, "log", "", "file of the training's log, JSON lines (default: MODEL.jsonl)")
	c.Flags().StringVar(&f.plot, "plot", "", "draw the log after every epoch, to a .png or .svg file")
}

func (f *outputFlags) addModel(c *cobra.Command) {
	c.Flags().StringVarP(&f.output, "output", "o", "", "the .rnn file to write (required)")
	c.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
}

func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }
