package statedict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// A proposal collects the questions that the file leaves open, and an
// architecture that would answer them.
type proposal struct {
	open     []string
	proposed Architecture
	listed   bool // the proposed architecture lists the modules
}

// ask notes that something about a module is open, and proposes a value.
func (p *proposal) ask(what string, args ...any) {
	p.open = append(p.open, fmt.Sprintf(what, args...))
}

// unknownOrder gives the error for modules whose order is unknown.
func (b *builder) unknownOrder(what string, args ...any) error {
	b.ask(what, args...)
	b.listed = true
	for _, m := range b.modules {
		if !m.recurrent() {
			b.proposed.Pool = "none"
			continue
		}
		layers, err := m.build()
		if err != nil {
			return err
		}
		if nonlinear(layers[0]) {
			b.proposed.Nonlinearity = "tanh"
		}
	}
	return b.refuse()
}

// refuse gives the error with all open questions, or nil.
func (b *builder) refuse() error {
	if len(b.open) == 0 {
		return nil
	}
	a := *b.a
	if a.Nonlinearity == "" {
		a.Nonlinearity = b.proposed.Nonlinearity
	}
	if a.Pool == "" {
		a.Pool = b.proposed.Pool
	}
	a.Modules = slices.Clone(a.Modules)
	if b.listed && b.a.Modules == nil {
		for i, m := range b.modules {
			a.Modules = append(a.Modules, b.propose(m, i == len(b.modules)-1))
		}
	}
	for i := range a.Modules {
		for _, m := range b.proposed.Modules {
			if m.Name == a.Modules[i].Name {
				a.Modules[i].Type, a.Modules[i].Activation = m.Type, m.Activation
			}
		}
	}
	text := strings.Join(b.open, "; ") + ". Say so in the architecture, for instance\n\n    " + a.String() + "\n"
	if b.listed {
		text += "\n\"modules\" are in the order in which the model's forward() applies them; here it is the file's order."
	}
	if b.proposed.Pool != "" {
		text += "\n\"pool\" is \"none\" if every step's output is used, \"last\" if only the last one's (h_n; with two directions output[:, -1] is \"last_output\"), \"max\" or \"mean\" over the steps."
	}
	return network.Refuse(network.ErrAmbiguous, "", "%s", strings.TrimRight(text, "\n"))
}

// propose describes a module as well as its tensors tell it.
func (b *builder) propose(m *module, last bool) Module {
	d := Module{Name: m.name}
	switch {
	case m.recurrent():
	case m.bias == nil && m == b.modules[0]:
		d.Type = "embedding"
	case !last:
		d.Activation = "none"
	}
	return d
}
