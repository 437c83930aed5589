package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// newBinaryEvaluation returns the evaluation of a regression whose targets are 0 or 1.
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

// binaryBaseline returns the accuracy and the loss of a constant prediction for target k:
// its probability in the data.
func (e *regressionEvaluation) binaryBaseline(k int) (accuracy, nats float64) {
	share := float64(e.ones[k]) / float64(max(e.binary[k].targets, 1))
	return max(share, 1-share), metrics.BinaryEntropy(share)
}

// binaryObject returns the measures of target k, for JSON.
func (e *regressionEvaluation) binaryObject(k int) cli.Object {
	accuracy, nats := e.binaryBaseline(k)
	return cli.Object{
		"target", e.targets[k], "accuracy", e.binary[k].accuracy(), "loss", e.binary[k].loss(),
		"constant_accuracy", accuracy, "constant_loss", nats,
	}
}

// writeBinary writes a line for each target. Names are width characters wide.
func (e *regressionEvaluation) writeBinary(b *strings.Builder, width int) {
	fmt.Fprintf(b, "%-*s  answers  accuracy    loss   constant probability\n", width, "target")
	for k, name := range e.targets {
		accuracy, nats := e.binaryBaseline(k)
		fmt.Fprintf(b, "%-*s %8d  %7.2f%%  %6.4f   %.2f%%, %.4f\n", width, cli.Printable(name), e.binary[k].targets,
			100*e.binary[k].accuracy(), e.binary[k].loss(), 100*accuracy, nats)
	}
}
