package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/internal/cli"
	"rnnrun/trainer"
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
}

func (f *networkFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.cell, "cell", f.cell, "cell: rnn, rnn-relu, lstm, gru, gru-reset-before")
	c.Flags().IntVar(&f.hidden, "hidden", f.hidden, "units of a layer")
	c.Flags().IntVar(&f.layers, "layers", f.layers, "recurrent layers")
	c.Flags().IntVar(&f.embedding, "embedding", f.embedding, "width of the embedding")
	c.Flags().BoolVar(&f.bidirectional, "bidirectional", f.bidirectional, "read the sequence in both directions")
	complete(c, "cell", "rnn", "rnn-relu", "lstm", "gru", "gru-reset-before")
}

func (f *networkFlags) architecture() (trainer.Architecture, error) {
	type cell struct {
		cell    format.Cell
		variant format.Variant
	}
	v, err := choose("cell", f.cell, map[string]cell{
		"rnn":              {format.RNN, format.Tanh},
		"rnn-relu":         {format.RNN, format.ReLU},
		"lstm":             {format.LSTM, format.Standard},
		"gru":              {format.GRU, format.ResetAfter},
		"gru-reset-before": {format.GRU, format.ResetBefore},
	}, "rnn", "rnn-relu", "lstm", "gru", "gru-reset-before")
	if err != nil {
		return trainer.Architecture{}, err
	}
	return trainer.Architecture{
		Cell: v.cell, Variant: v.variant,
		HiddenSize: f.hidden, Layers: f.layers,
		EmbeddingSize: f.embedding, Bidirectional: f.bidirectional,
	}, nil
}

// fitFlags describe the training.
type fitFlags struct {
	epochs           int
	batch            int
	rate             float64
	optimizer        string
	momentum         float64
	decay            float64
	clip             float64
	dropout          float64
	embeddingDropout float64
	schedule         scheduleFlags
	patience         int
	seed             uint64
	checkpoint       checkpointFlags
}

func (f *fitFlags) add(c *cobra.Command) {
	c.Flags().IntVar(&f.epochs, "epochs", f.epochs, "passes over the data")
	c.Flags().IntVar(&f.batch, "batch", f.batch, "sequences of a minibatch")
	c.Flags().Float64Var(&f.rate, "lr", f.rate, "learning rate")
	c.Flags().StringVar(&f.optimizer, "optimizer", "adamw", "optimizer: sgd, adam, adamw")
	c.Flags().Float64Var(&f.momentum, "momentum", 0.9, "momentum of sgd")
	c.Flags().Float64Var(&f.decay, "weight-decay", f.decay, "weight decay")
	c.Flags().Float64Var(&f.clip, "clip", f.clip, "bound of the gradients' norm; 0: none")
	c.Flags().Float64Var(&f.dropout, "dropout", f.dropout, "dropout after every recurrent layer")
	c.Flags().Float64Var(&f.embeddingDropout, "embedding-dropout", f.embeddingDropout, "dropout of the embedding")
	f.schedule.add(c)
	c.Flags().IntVar(&f.patience, "patience", 0, "end after this many epochs without a better validation loss; 0: never")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "seed of all that is random; the same seed gives the same file")
	complete(c, "optimizer", "sgd", "adam", "adamw")
	f.checkpoint.add(c)
}

func (f *fitFlags) options() (trainer.FitOptions, error) {
	for _, p := range []struct {
		flag  string
		value float64
	}{{"dropout", f.dropout}, {"embedding-dropout", f.embeddingDropout}} {
		if p.value < 0 || p.value >= 1 {
			return trainer.FitOptions{}, cli.Usagef("--%s %g is no probability below 1", p.flag, p.value)
		}
	}
	for _, p := range []struct {
		flag  string
		value float64
	}{{"epochs", float64(f.epochs)}, {"batch", float64(f.batch)}, {"lr", f.rate}} {
		if p.value <= 0 {
			return trainer.FitOptions{}, cli.Usagef("--%s %g must be greater than 0", p.flag, p.value)
		}
	}
	optimizer, err := choose("optimizer", f.optimizer, map[string]trainer.Optimizer{
		"sgd":   &trainer.SGD{Momentum: f.momentum, WeightDecay: f.decay},
		"adam":  &trainer.Adam{WeightDecay: f.decay},
		"adamw": &trainer.Adam{WeightDecay: f.decay, Decoupled: true},
	}, "sgd", "adam", "adamw")
	if err != nil {
		return trainer.FitOptions{}, err
	}
	schedule, err := f.schedule.schedule()
	if err != nil {
		return trainer.FitOptions{}, err
	}
	return trainer.FitOptions{
		Options: trainer.Options{
			Optimizer: optimizer, Clip: f.clip,
			Dropout: f.dropout, EmbeddingDropout: f.embeddingDropout, Seed: f.seed,
		},
		Epochs: f.epochs, LearningRate: f.rate, Schedule: schedule, Patience: f.patience,
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
}

func (f *textFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.tokens, "tokens", f.tokens, "what a token is: byte, char, jamo, word")
	c.Flags().IntVar(&f.vocabulary, "vocabulary", f.vocabulary, "most tokens of the vocabulary, the most frequent ones; 0: all")
	c.Flags().IntVar(&f.minCount, "min-count", f.minCount, "least occurrences of a token of the vocabulary")
	c.Flags().BoolVar(&f.lowercase, "lowercase", f.lowercase, "make letters small")
	c.Flags().IntVar(&f.maxRun, "max-run", f.maxRun, "cut longer runs of one character; 0: no limit")
	complete(c, "tokens", "byte", "char", "jamo", "word")
}

func (f *textFlags) tokenizer() (*format.Tokenizer, error) {
	kind, err := choose("tokens", f.tokens, map[string]format.TokenizerKind{
		"byte": format.Bytes, "char": format.Chars, "jamo": format.Jamo, "word": format.Words,
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
	json   bool
}

func (f *outputFlags) add(c *cobra.Command) {
	c.Flags().StringVarP(&f.output, "output", "o", "", "the .rnn file to write (required)")
	c.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
}

func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }
