package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/trainer"
)

func newGradflowCommand() *cobra.Command {
	f := gradflow{fit: fitFlags{epochs: 3, batch: 32, rate: 2e-3, clip: 1}}
	c := &cobra.Command{
		Use:   "gradflow TEXT -o FILE",
		Short: "Show how far back in time gradients reach in RNN, LSTM and GRU",
		Long: `gradflow trains a character language model with each cell on a text. Before and
after training it measures, on validation text, the norm of the gradient of the last
step's loss with respect to the states k steps before, which back-propagation through
time carries back. If it falls exponentially, the gradient vanishes, and the network
cannot learn from steps further back.

It draws the norms over k, relative to the norm at k = 0, to a .png or .svg file, and
prints them as a table. The area between the norms before and after training is filled:
it shows what training has changed.`,
		Example: `  rnntrain gradflow shakespeare.txt -o gradflow.svg
  rnntrain gradflow shakespeare.txt -o gradflow.png --cells rnn,gru --steps 200 --epochs 10`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	c.Flags().StringVarP(&f.output, "output", "o", "", "the .png or .svg file to write (required)")
	c.Flags().StringSliceVar(&f.cells, "cells", []string{"rnn", "lstm", "gru"}, "cells to compare, as in lm --cell")
	c.Flags().IntVar(&f.steps, "steps", 100, "steps back, and window of the training")
	c.Flags().IntVar(&f.hidden, "hidden", 64, "units of the layer")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	f.fit.addBasics(c)
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
	return c
}

// A gradflow compares cells on one text.
type gradflow struct {
	fit    fitFlags
	output string
	cells  []string
	steps  int
	hidden int
	json   bool

	tokens [2]*dataset.TokenStore // training and validation text
	size   int                    // of the vocabulary
	path   string                 // of the text
	flows  []flow
}

// A flow is the measures of a cell. Norms are relative to the norm at 0 steps back.
type flow struct {
	Cell   string    `json:"cell"`
	Loss   float64   `json:"validation_loss"` // after the training, nats
	Before []float64 `json:"norms_before"`    // by steps back
	After  []float64 `json:"norms"`
}

func (f *gradflow) run(c *cobra.Command, path string) error {
	if err := f.fit.refuseIdle(c); err != nil {
		return err
	}
	if err := checkChart(f.output); err != nil {
		return err
	}
	if f.steps < 2 {
		return cli.Usagef("--steps %d must be at least 2", f.steps)
	}
	outputs, err := cli.ClaimOutputs([]string{path}, cli.Output{Flag: "-o", Path: f.output})
	if err != nil {
		return err
	}
	defer outputs.Release()
	if err := f.read(path); err != nil {
		return err
	}
	for _, cell := range f.cells {
		if err := f.measure(c, cell); err != nil {
			return err
		}
	}
	if err := f.draw(); err != nil {
		return err
	}
	return f.print(c)
}

func (f *gradflow) read(path string) error {
	f.path = path
	texts, err := openCorpus(path, "", 0.1)
	if err != nil {
		return err
	}
	text := textFlags{tokens: "char"}
	z, err := text.tokenizer()
	if err != nil {
		return err
	}
	vocabulary, err := text.languageVocabulary(z, texts)
	if err != nil {
		return err
	}
	f.size = len(vocabulary)
	f.tokens, err = texts.encode(z, vocabulary, 1<<30)
	return err
}

// measure trains a network with this cell, and measures it before and after.
func (f *gradflow) measure(c *cobra.Command, cell string) error {
	network := networkFlags{cell: cell, hidden: f.hidden, layers: 1, embedding: 32, init: "uniform", recurrentInit: "uniform", forgetBias: 1}
	a, err := network.architecture()
	if err != nil {
		return err
	}
	options, err := f.fit.options()
	if err != nil {
		return err
	}
	a.Task, a.Output, a.Tokens, a.Outputs = format.TaskLanguage, format.OutputSoftmax, f.size, f.size
	net, err := trainer.NewNetwork(a, f.fit.seed)
	if err != nil {
		return err
	}
	task, err := trainer.NewLanguageModel(f.tokens[0], f.tokens[1], f.fit.batch, f.steps+1)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	show := newDisplay(c.ErrOrStderr(), "tokens")
	options.Progress = show.progress
	result := flow{Cell: cell}
	if result.Before, err = f.flow(net); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", cell, message.Count(net.Model().Parameters(), "parameter"))
	r, err := trainer.Fit(c.Context(), net, task, options)
	show.finish()
	if err != nil {
		return err
	}
	result.Loss = r.Validation.Loss
	result.After, err = f.flow(net)
	f.flows = append(f.flows, result)
	return err
}

// mostSequences is the number of sequences over which norms are averaged, if the
// validation text is long enough.
const mostSequences = 100

func (f *gradflow) flow(net *trainer.Network) ([]float64, error) {
	var sequences []dataset.Sequence
	valid := f.tokens[1]
	length := f.steps + 1
	for from := 0; from+length < valid.Len() && len(sequences) < mostSequences; from += length {
		tokens := make([]int32, length+1)
		if err := valid.Read(tokens, from); err != nil {
			return nil, err
		}
		sequences = append(sequences, dataset.Sequence{Tokens: tokens[:length], Classes: tokens[1:]})
	}
	if len(sequences) == 0 {
		return nil, fmt.Errorf("%s: the last tenth of the text, which is held back, has %s, but --steps %d needs %d: give a longer text or fewer --steps",
			f.path, message.Count(valid.Len(), "token"), f.steps, length+1)
	}
	norms, err := trainer.NewTrainer(net, trainer.Options{}).GradientFlow(sequences)
	if err != nil {
		return nil, err
	}
	for k := len(norms) - 1; k >= 0; k-- {
		norms[k] /= norms[0]
	}
	return norms, nil
}

func (f *gradflow) draw() error {
	c := chart.Chart{Title: "Norm of the gradient, relative to that of the last step", X: "steps back", Logarithmic: true}
	for i, flow := range f.flows {
		var steps []float64
		for k := range flow.After {
			steps = append(steps, float64(k))
		}
		c.Curves = append(c.Curves,
			chart.Curve{Name: flow.Cell + ", trained", X: steps, Y: flow.After, To: flow.Before, Color: i},
			chart.Curve{Name: flow.Cell + ", before", X: steps, Y: flow.Before, Color: i, Dashed: true})
	}
	return chart.Draw(f.output, c)
}

// rate returns the factor by which norms change per step, computed from their second
// half, if they change exponentially.
func rate(norms []float64) float64 {
	from, to := len(norms)/2, len(norms)-1
	return math.Pow(norms[to]/norms[from], 1/float64(max(1, to-from)))
}

func (f *gradflow) print(c *cobra.Command) error {
	out := c.OutOrStdout()
	if f.json {
		return json.NewEncoder(out).Encode(f.flows)
	}
	var b strings.Builder
	b.WriteString("cell\tnats\tnorm")
	distances := []int{1, 2, 5, 10, 20, 50, 100, 200, 500}
	for _, k := range distances {
		if k <= f.steps {
			fmt.Fprintf(&b, "\t%d back", k)
		}
	}
	b.WriteString("\ta step\n")
	for _, flow := range f.flows {
		for i, norms := range [][]float64{flow.Before, flow.After} {
			loss := ""
			if i == 1 {
				loss = fmt.Sprintf("%.3f", flow.Loss)
			}
			fmt.Fprintf(&b, "%s\t%s\t%s", flow.Cell, loss, [...]string{"before", "trained"}[i])
			for _, k := range distances {
				if k <= f.steps {
					fmt.Fprintf(&b, "\t%.2g", norms[k])
				}
			}
			fmt.Fprintf(&b, "\t×%.3f\n", rate(norms))
		}
	}
	_, err := out.Write([]byte(b.String()))
	return err
}
