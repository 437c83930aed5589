// Package cases holds the networks that the comparison in WebAssembly runs.
package cases

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// Steps is how many steps a sequence has.
const Steps = 256

// A Case is a network, and how it is run.
type Case struct {
	Name  string
	Spec  modeltest.Spec
	Steps int // of a call: Steps, or 0 for one that carries its states
}

// All returns the cases: LSTMs step by step, and then sequences.
func All() []Case {
	var all []Case
	for _, steps := range []int{0, Steps} {
		for _, shape := range [][3]int{{64, 128, 1}, {128, 256, 2}} {
			s := modeltest.Spec{
				Cell: format.CellLSTM, Variant: format.VariantStandard,
				Input: shape[0], Hidden: shape[1], Layers: shape[2], Seed: 1,
			}
			name := fmt.Sprintf("%d→%d", s.Input, s.Hidden)
			if s.Layers > 1 {
				name += fmt.Sprintf(" ×%d", s.Layers)
			}
			if steps == 0 {
				name += ", a step"
			} else {
				name += fmt.Sprintf(", %d steps", steps)
			}
			all = append(all, Case{name, s, steps})
		}
	}
	return all
}
