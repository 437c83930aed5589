package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// String says what the layer is: "LSTM, 8 → 16 (bidirectional)".
func (l *Layer) String() string {
	var list []string
	add := func(is bool, text string) {
		if is {
			list = append(list, text)
		}
	}
	add(len(l.Directions) == 2, "bidirectional")
	add(l.Reverse, "reverse")
	add(l.ProjectionSize > 0, message.Count(l.HiddenSize, "unit"))
	add(l.Variant != 0 && l.Variant != l.Cell.DefaultVariant(), l.Variant.String())
	if a := l.Directions[0].Activations; a != nil {
		for _, a := range a {
			list = append(list, a.Kind.String())
		}
	}
	add(l.Cell.Recurrent() && l.Directions[0].BiasIH == nil, "no bias")
	add(l.Directions[0].H0 != nil, "learned initial state")
	add(l.Activation.Kind != format.ActivationNone, l.Activation.Kind.String())
	return described(l.Cell, l.InputSize, l.OutputSize(), list)
}

func described(c format.Cell, in, out int, list []string) string {
	text := fmt.Sprintf("%s, %d → %d", c, in, out)
	if len(list) > 0 {
		text += " (" + strings.Join(list, ", ") + ")"
	}
	return text
}

// DescribePacked says what a packed layer is, as [Layer.String] does.
func DescribePacked(l *format.Layer) string {
	var list []string
	switch {
	case len(l.Directions) == 2:
		list = append(list, "bidirectional")
	case l.Reverse:
		list = append(list, "reverse")
	}
	if l.Variant != 0 && l.Variant != l.Cell.DefaultVariant() {
		list = append(list, l.Variant.String())
	}
	if l.ProjectionSize > 0 {
		list = append(list, fmt.Sprintf("%s projected", message.Count(l.HiddenSize, "unit")))
	}
	if slices.ContainsFunc(l.Directions, func(w format.Weights) bool { return w.Peephole != nil }) {
		list = append(list, "peepholes")
	}
	own := l.Cell.Activations(l.Variant)
	for _, d := range l.Directions[:1] {
		if d.Activations != nil && !slices.Equal(d.Activations, own) {
			for _, a := range d.Activations {
				list = append(list, a.Kind.String())
			}
		}
	}
	return described(l.Cell, l.InputSize, l.OutputSize(), list)
}

// DescribeEmbedding says what an embedding is.
func DescribeEmbedding(e *format.Embedding) string {
	return fmt.Sprintf("embedding, %s → %d", message.Count(e.Tokens, "token"), e.Size)
}

// describe says what a node is, and what it gives.
func describe(n *format.Node, v format.Value) string {
	name := n.Kind()
	switch op := n.Op.(type) {
	case *format.Layer:
		return DescribePacked(op)
	case *format.Embedding:
		return DescribeEmbedding(op)
	case *format.Map:
		name = op.Function.Kind.String()
	case *format.Binary:
		name = op.Function.String()
	case *format.Norm:
		name = op.Kind.String() + " norm"
	case *format.SequencePool:
		return fmt.Sprintf("pool over the steps: %v", op.Pool)
	}
	return fmt.Sprintf("%s → %v", name, v)
}
