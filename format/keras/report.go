package keras

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// reached returns the layers that the outputs depend on, in the order of the file, with
// those of wrappers and of models within the model.
func (m *model) reached() []*layer {
	read := map[*layer]bool{}
	for left := m.outputs; len(left) > 0; {
		l := m.byName[left[0].layer]
		if left = left[1:]; l == nil || read[l] {
			continue
		}
		read[l] = true
		for _, c := range l.calls {
			left = append(left[:len(left):len(left)], c.args...)
		}
	}
	var list []*layer
	for _, l := range m.layers {
		if !read[l] {
			continue
		}
		list = append(append(list, l), l.inner...)
		if l.model != nil {
			list = append(list, l.model.reached()...)
		}
	}
	return list
}

// refused returns the error of the first layer whose class is not supported, with the
// names of the others; nil: there is none.
func (m *model) refused() error {
	var first error
	var others []string
	for _, l := range m.reached() {
		switch {
		case l.err == nil:
		case first == nil:
			first = l.err
		default:
			others = append(others, l.title())
		}
	}
	if len(others) == 0 {
		return first
	}
	return fmt.Errorf("%w. Neither is %s read", first, network.Quote(strings.Join(others, ", ")))
}

// survey fills in the report of a refused model: it goes on after a refused layer as if
// that gave its input.
func survey(m *model, options Options, filled bool) {
	for _, whole := range []bool{false, true} {
		for perStep := 1; ; {
			b := newBuilder(options, whole, perStep)
			b.surveys, b.filled = true, filled
			_, err := b.layers(m)
			b.reportUnread(m)
			*options.Report = *b.report
			var frames *errFrames
			switch {
			case errors.As(err, &frames) && perStep*frames.times <= maxPerStep:
				perStep *= frames.times
				continue
			case !errors.Is(err, errWhole):
				return
			}
			break
		}
	}
}

// reported applies a layer, and reports what becomes of it.
func (b *builder) reported(l *layer, in []tensor, depth int) ([]tensor, error) {
	if b.called[l] = true; l.model != nil {
		b.report.Add(l.name, l.class, network.Taken, "%s", message.Count(len(l.model.layers), "layer"))
		return b.apply(l, in, depth)
	}
	kind := l.class
	for _, inner := range l.inner[:min(len(l.inner), 1)] {
		kind += " of " + inner.class
	}
	part, before := b.report.Begin(l.name, kind), len(b.graph.Nodes)
	out, err := b.apply(l, in, depth)
	switch {
	case b.surveys:
		return b.judged(part, l, in, out, err)
	case err != nil:
		return nil, err
	case classes[l.class].idle:
		b.report.Set(part, network.LeftOut, "it does nothing once the model is trained")
	case len(b.graph.Nodes) == before:
		b.report.Remark("the same numbers")
	}
	return out, nil
}

// judged gives a layer of a survey its verdict, and returns a stand-in for its output.
func (b *builder) judged(part int, l *layer, in, out []tensor, err error) ([]tensor, error) {
	if errors.As(err, new(*errFrames)) || errors.Is(err, errWhole) && b.length > 0 && !b.whole {
		return nil, err // another view of what a step is may work
	}
	lost := ""
	for _, t := range in {
		if t.lost != "" {
			lost = t.lost
		}
	}
	for _, of := range append(l.inner[:len(l.inner):len(l.inner)], l) {
		err = cmp.Or(of.err, of.config.err, err)
	}
	broken := func(l *layer) bool { return l.err != nil || l.config.err != nil }
	switch {
	case broken(l), slices.ContainsFunc(l.inner, broken), err != nil && lost == "" && (b.filled || errors.Is(err, network.ErrUnsupported)):
		b.report.Set(part, network.Refused, "%v", err)
		lost = l.title()
	case lost != "":
		b.report.Set(part, network.Unjudged, "it depends on %s", lost)
	case err != nil:
		b.report.Set(part, network.Unjudged, "its weights were not checked: %v", err)
		lost = l.title()
	case classes[l.class].idle:
		b.report.Set(part, network.LeftOut, "it does nothing once the model is trained")
	}
	if err != nil {
		t := tensor{shape: []int{1}}
		if len(in) > 0 {
			t = in[0]
		}
		const most = 8 // outputs of a layer
		for out = nil; len(out) < most; {
			out = append(out, t)
		}
	}
	if lost != "" {
		for i := range out {
			out[i].lost, out[i].bad = lost, ""
		}
	}
	return out, nil
}

// reportUnread reports the layers that no output depends on.
func (b *builder) reportUnread(m *model) {
	for _, l := range m.layers {
		if !b.called[l] && l.class != "InputLayer" {
			b.report.Add(l.name, l.class, network.LeftOut, "no output depends on it")
		}
	}
}
