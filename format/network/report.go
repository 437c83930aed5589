package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// A Report says what became of each part of a source: of a layer of Keras, a node of a
// graph, a tensor of a state_dict. A reader fills the Report that it is given, even if
// it refuses the source; a Report does not change what it reads. The methods of a nil
// Report do nothing, so a reader can call them in any case.
type Report struct {
	Parts []Part // in the order of the source

	made []int // of each node of the graph, the part that it was made of
}

// A Part is a layer, a node or a tensor of a source.
type Part struct {
	Name    string // in the source
	Kind    string // its class, or its operator, or for a tensor its shape and type
	Verdict Verdict
	Detail  string // what it is in the model, or why it is not
}

// A Verdict says what became of a part.
type Verdict int

// The verdicts.
const (
	Taken    Verdict = iota // it is in the model
	LeftOut                 // no output depends on it
	Unjudged                // its kind is supported, but it reads what a refused part gives
	Refused                 // it is not supported
)

// String returns the verdict: "read", "left out", "not judged" or "refused".
func (v Verdict) String() string {
	return [...]string{"read", "left out", "not judged", "refused"}[v]
}

// Begin begins a part: the nodes that follow are made of it. It returns the part's number.
func (r *Report) Begin(name, kind string) int {
	if r == nil {
		return 0
	}
	r.Parts = append(r.Parts, Part{Name: name, Kind: kind})
	return len(r.Parts) - 1
}

// Made notes that a node was added to the graph.
func (r *Report) Made() {
	if r != nil {
		r.made = append(r.made, len(r.Parts)-1)
	}
}

// Kept notes which nodes of the graph are left, by their old numbers.
func (r *Report) Kept(nodes []int) {
	if r == nil {
		return
	}
	for i, n := range nodes {
		r.made[i] = r.made[n]
	}
	r.made = r.made[:len(nodes)]
}

// Set gives a part its verdict.
func (r *Report) Set(part int, v Verdict, format string, args ...any) {
	if r != nil {
		r.Parts[part].Verdict, r.Parts[part].Detail = v, fmt.Sprintf(format, args...)
	}
}

// Remark says more about the last part.
func (r *Report) Remark(format string, args ...any) {
	if r == nil || len(r.Parts) == 0 {
		return
	}
	p := &r.Parts[len(r.Parts)-1]
	if p.Detail != "" {
		p.Detail += "; "
	}
	p.Detail += fmt.Sprintf(format, args...)
}

// Add adds a part with its verdict.
func (r *Report) Add(name, kind string, v Verdict, format string, args ...any) {
	r.Set(r.Begin(name, kind), v, format, args...)
}

// Refuses reports whether a part is refused.
func (r *Report) Refuses() bool {
	return r != nil && slices.ContainsFunc(r.Parts, func(p Part) bool { return p.Verdict == Refused })
}

// Describe adds to each part the nodes of the graph that were made of it, before what
// the part says already. Nodes beyond those of the graph are the function of the
// outputs.
func (r *Report) Describe(g *format.Graph, output format.Output) {
	if r == nil {
		return
	}
	values, err := g.Values()
	if err != nil {
		return
	}
	texts := make([][]string, len(r.Parts))
	for i, part := range r.made {
		switch {
		case part < 0:
		case i < len(g.Nodes):
			texts[part] = append(texts[part], describe(&g.Nodes[i], values[len(g.Inputs)+i]))
		default:
			texts[part] = append(texts[part], "function of the outputs: "+output.String())
		}
	}
	for i, list := range texts {
		p := &r.Parts[i]
		if len(list) == 0 || p.Verdict != Taken {
			continue
		}
		if p.Detail != "" {
			list = append(list, p.Detail)
		}
		p.Detail = shortened(list)
	}
}

// shortened joins texts, of which it leaves out some in the middle if there are many.
func shortened(list []string) string {
	const most = 8
	if n := len(list); n > most {
		list = slices.Concat(list[:most-2], []string{fmt.Sprintf("%d more", n-most+1)}, list[n-1:])
	}
	return strings.Join(list, "; ")
}
