package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// newBinaryEvaluation returns that of a regression whose targets are 0 or 1.
func newBinaryEvaluation(m *rnn.Model) (*regressionEvaluation, error) {
	s, err := newLogitSession(m)
	targets := dataOf(m.Description()).Targets
	e := &regressionEvaluation{model: m, session: s, targets: targets, start: time.Now(), ones: make([]int, len(targets))}
	for range targets {
		e.binary = append(e.binary, answers{output: format.OutputSigmoid})
	}
	return e, err
}

// addBinary adds the logits of steps.
func (e *regressionEvaluation) addBinary(logits, targets []float32) {
	for i, target := range targets {
		k, class := i%len(e.targets), 0
		if target >= 0.5 {
			class = 1
			e.ones[k]++
		}
		e.binary[k].add(logits[i:][:1], class)
	}
}

// binaryBaseline returns the accuracy and the loss of always giving target k the
// probability that it has in the data.
func (e *regressionEvaluation) binaryBaseline(k int) (accuracy, nats float64) {
	share := float64(e.ones[k]) / float64(max(e.binary[k].targets, 1))
	return max(share, 1-share), metrics.BinaryEntropy(share)
}

func (e *regressionEvaluation) binaryObject() cli.Object {
	d := e.model.Description()
	var list cli.Array
	for k, name := range e.targets {
		accuracy, nats := e.binaryBaseline(k)
		list = append(list, cli.Object{
			"target", name, "accuracy", e.binary[k].accuracy(), "loss", e.binary[k].loss(),
			"constant_accuracy", accuracy, "constant_loss", nats,
		})
	}
	return cli.Object{
		"task", d.Task.String(), "parameters", d.Parameters(), "answers", e.binary[0].targets, "targets", list,
		"seconds", time.Since(e.start).Seconds(), "kernels", e.model.Kernels(),
	}
}

func (e *regressionEvaluation) printBinary(w io.Writer) error {
	var b strings.Builder
	width := len("target")
	for _, name := range e.targets {
		width = max(width, len(name))
	}
	fmt.Fprintf(&b, "%-*s  answers  accuracy    loss   of one probability for all\n", width, "target")
	for k, name := range e.targets {
		accuracy, nats := e.binaryBaseline(k)
		fmt.Fprintf(&b, "%-*s %8d  %7.2f%%  %6.4f   %.2f%%, %.4f\n", width, cli.Printable(name), e.binary[k].targets,
			100*e.binary[k].accuracy(), e.binary[k].loss(), 100*accuracy, nats)
	}
	writeCost(&b, e.model, time.Since(e.start).Seconds())
	_, err := io.WriteString(w, b.String())
	return err
}
