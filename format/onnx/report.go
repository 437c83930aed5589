package onnx

import (
	"cmp"
	"errors"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// newReport returns a report for one of several readings of the model; nil: no report
// is wanted.
func (m *model) newReport() *network.Report {
	if m.report == nil {
		return nil
	}
	return &network.Report{}
}

// reported reports what became of the nodes in a graph of layers.
func (m *model) reported(t *tracer, n *network.Network) {
	if m.report == nil {
		return
	}
	t.report.Describe(n.Graph, n.Output)
	for i := range t.report.Parts {
		if p := &t.report.Parts[i]; p.Detail == "" {
			p.Detail = inOthers
		}
	}
	*m.report = *t.report
}

const (
	ofConstants = "constant"
	inOthers    = "a part of the node that reads it"
)

// givesConstants reports whether a node gives only constants.
func (im *importer) givesConstants(n *node) bool {
	return !slices.ContainsFunc(n.outputs, func(name string) bool {
		_, ok := im.values[name].(*array)
		return name != "" && !ok
	})
}

// reportChain reports what became of the nodes in a chain of layers.
func (im *importer) reportChain(nodes []*node) {
	layers := map[*node]string{}
	for _, st := range im.chain {
		for _, n := range st.nodes[1:] {
			layers[n] = "in the layer of " + quote(st.nodes[0].label())
		}
		if st.embedding != nil {
			layers[st.nodes[0]] = network.DescribeEmbedding(st.embedding)
		} else {
			layers[st.nodes[0]] = st.layer.String()
		}
	}
	for i, n := range nodes {
		text := inOthers
		if s, ok := im.values[n.outputs[0]].(*stream); ok && s.output != format.OutputLinear {
			text = "function of the outputs: " + s.output.String()
		}
		if im.givesConstants(n) {
			text = ofConstants
		}
		im.model.report.Set(i, network.Taken, "%s", cmp.Or(layers[n], text))
	}
}

// survey fills in the report of a model that is not read because of err: it goes on after a
// node that is refused.
func (o *Options) survey(data []byte, err error) {
	*o.Report = network.Report{}
	m, _, size, broken := o.model(data)
	if broken != nil {
		return
	}
	t := newTracer(m, size, o.Dimensions)
	t.frames, t.seen, t.probing = probe, newSeen(), true
	if !m.graph.open() {
		t.frames, t.filed = 1, &filed{whole: true}
	}
	t.report, t.lost = o.Report, map[string]string{}
	_ = t.nodes() // a graph whose names are wrong has no report
	var e *Error
	if !errors.As(err, &e) || e.Operator == "" {
		return
	}
	for i := range o.Report.Parts {
		if p := &o.Report.Parts[i]; p.Name == e.Node && p.Kind == e.Operator && p.Verdict != network.Refused {
			o.Report.Set(i, network.Refused, "%v", err)
		}
	}
}

// open reports whether a dimension of an input is open.
func (g *graph) open() bool {
	return slices.ContainsFunc(g.inputs, func(v input) bool {
		return !v.shaped || slices.ContainsFunc(v.shape, func(d dimension) bool { return d.value == 0 })
	})
}

// judge gives a node of a survey its verdict.
func (t *tracer) judge(part int, n *node, err error) {
	lost := "" // the refused node that it depends on
	for _, name := range n.needs() {
		lost = cmp.Or(lost, t.lost[name])
	}
	var e *Error
	switch {
	case !t.reads(n):
		c := &call{importer: t.importer, node: n}
		t.report.Set(part, network.Refused, "%v", c.unread())
	case err == nil:
	case lost != "":
		t.report.Set(part, network.Unjudged, "it depends on %s", lost)
	case errors.As(err, &e):
		t.report.Set(part, network.Refused, "%v", err)
	default:
		t.report.Set(part, network.Unjudged, "%v", err)
	}
	if err == nil && t.givesConstants(n) {
		t.report.Set(part, network.Taken, ofConstants)
	}
	if t.report.Parts[part].Verdict == network.Taken {
		return
	}
	for _, name := range n.outputs {
		t.lost[name] = cmp.Or(lost, quote(n.label()))
	}
	t.judgeWithin(n)
}

// judgeWithin refuses nodes with unsupported operators in the graphs within a node.
func (t *tracer) judgeWithin(n *node) {
	for _, a := range n.attributes {
		if a.graph == nil {
			continue
		}
		for _, inner := range a.graph.nodes {
			if !t.reads(inner) {
				c := &call{importer: t.importer, node: inner}
				t.report.Add(inner.label(), inner.operator, network.Refused, "within %s: %v", quote(n.label()), c.unread())
			}
			t.judgeWithin(inner)
		}
	}
}

// reads reports whether the operator of a node is supported.
func (t *tracer) reads(n *node) bool {
	_, traced := t.operators[n.operator]
	_, other := t.importer.operators[n.operator]
	return isStandard(n.domain) && (traced || other)
}
