package main

import (
	"fmt"
	"strings"
)

// dot writes the picture for Graphviz.
func (p picture) dot(name string) string {
	quote := func(text string) string {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.ToValidUTF8(text, "\ufffd"))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "digraph \"%s\" {\n  node [shape=box, style=filled, fontname=\"sans-serif\", fontsize=11];\n", quote(name))
	for i, f := range p {
		style := [...]string{
			figureOp:        `fillcolor="#f2f2f2"`,
			figurePort:      `shape=ellipse, fillcolor="#d9f0e8"`,
			figureRecurrent: `fillcolor="#cfe6f5", penwidth=2`,
			figureWeights:   `fillcolor="#fbe9c6"`,
		}[f.kind]
		if f.sequence {
			style += `, style="filled,dashed"`
		}
		fmt.Fprintf(&b, "  n%d [label=\"%s\\n%s\", %s];\n", i, quote(f.title), quote(f.facts), style)
		for _, from := range f.reads {
			fmt.Fprintf(&b, "  n%d -> n%d;\n", from, i)
		}
	}
	b.WriteString("}\n")
	return b.String()
}
