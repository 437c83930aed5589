package main

import (
	"math"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/trainer"
)

// networkFlags define the network.
type networkFlags struct {
	cell          string
	hidden        int
	layers        int
	embedding     int
	embeds        bool // --embedding is a flag of the command
	bidirectional bool
	init          string
	recurrentInit string
	forgetBias    float64
	from          string
}

// A cellChoice is a value of --cell.
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
	f.embeds = true
	c.Flags().IntVar(&f.embedding, "embedding", f.embedding, "width of the embedding")
}

// addRecurrent adds the flags that also apply to networks of numbers.
func (f *networkFlags) addRecurrent(c *cobra.Command) {
	c.Flags().StringVar(&f.cell, "cell", f.cell, "cell: rnn, rnn-relu, lstm, gru, gru-reset-before")
	c.Flags().IntVar(&f.hidden, "hidden", f.hidden, "hidden size: units in a layer")
	c.Flags().IntVar(&f.layers, "layers", f.layers, "number of recurrent layers")
	c.Flags().BoolVar(&f.bidirectional, "bidirectional", f.bidirectional, "read the sequence in both directions")
	c.Flags().StringVar(&f.init, "init", "uniform", "initialization of the input weights: uniform, xavier, orthogonal, identity")
	c.Flags().StringVar(&f.recurrentInit, "recurrent-init", "uniform", "initialization of the recurrent weights: as --init")
	c.Flags().Float64Var(&f.forgetBias, "forget-bias", 1, "initial bias of an LSTM's forget gates")
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
	if err := within(
		limit{"hidden", float64(f.hidden), 1, math.MaxInt32}, limit{"layers", float64(f.layers), 1, math.MaxInt32},
		limit{"forget-bias", f.forgetBias, -math.MaxFloat32, math.MaxFloat32},
	); err != nil {
		return trainer.Architecture{}, err
	}
	if f.embeds {
		if err := within(limit{"embedding", float64(f.embedding), 1, math.MaxInt32}); err != nil {
			return trainer.Architecture{}, err
		}
	}
	return trainer.Architecture{
		Cell: v.cell, Variant: v.variant,
		HiddenSize: f.hidden, Layers: f.layers,
		EmbeddingSize: f.embedding, Bidirectional: f.bidirectional,
		Initialization: trainer.Initialization{Input: input, Recurrent: recurrent, ForgetBias: &f.forgetBias},
	}, nil
}
