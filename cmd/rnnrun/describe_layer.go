package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// layerName names a layer: "GRU (reset after), bidirectional".
func layerName(l *format.Layer) string {
	name := l.Cell.String()
	if len(l.Cell.Variants()) > 1 {
		name += " (" + l.Variant.String() + ")"
	}
	switch {
	case len(l.Directions) == 2:
		name += ", bidirectional"
	case l.Reverse:
		name += ", reverse"
	}
	return name
}

// features lists the options of a layer beyond its cell.
func features(l *format.Layer) []string {
	list := []string{}
	add := func(has bool, text string, args ...any) {
		if has {
			list = append(list, fmt.Sprintf(text, args...))
		}
	}
	add(l.ProjectionSize > 0, "%s projected", message.Count(l.HiddenSize, "unit"))
	add(l.InputForget, "forget gate coupled")
	add(slices.ContainsFunc(l.Directions, func(w format.Weights) bool { return w.Peephole != nil }), "peepholes")
	add(l.Clip > 0, "sums within ±%g", l.Clip)
	own := describeActivations(l.Cell.Activations(l.Variant))
	var activations []string
	for i := range l.Directions {
		text := own
		if list := l.Directions[i].Activations; list != nil {
			text = describeActivations(list)
		}
		activations = append(activations, text)
	}
	if activations = slices.Compact(activations); !slices.Equal(activations, []string{own}) {
		list = append(list, strings.Join(activations, ", in reverse "))
	}
	return list
}

// describeActivations names activations with their constants.
func describeActivations(list []format.Activation) string {
	var names []string
	for _, a := range list {
		name := a.Kind.String()
		switch a.Kind.Constants() {
		case 2:
			name += fmt.Sprintf("(%g, %g)", a.Alpha, a.Beta)
		case 1:
			name += fmt.Sprintf("(%g)", a.Alpha)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}
