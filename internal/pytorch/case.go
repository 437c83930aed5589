package pytorch

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// A Case is a recurrent network and a sequence for which PyTorch computed the outputs,
// the final states, and the gradients of all weights for the MSE loss.
type Case struct {
	Cell          Cell
	Layers        int
	Bidirectional bool
	InputSize     int
	HiddenSize    int
	Steps         int
}

// stateSteps is the length of sequences with initial states other than zero.
const stateSteps = 3

// Cases returns all cases.
func Cases() []Case {
	var cases []Case
	for _, cell := range cells {
		for _, layers := range []int{1, 2} {
			for _, bidirectional := range []bool{false, true} {
				for _, size := range [][2]int{{1, 8}, {7, 5}, {40, 64}, {64, 128}} {
					for _, steps := range []int{1, stateSteps, 50, 200} {
						cases = append(cases, Case{cell, layers, bidirectional, size[0], size[1], steps})
					}
				}
			}
		}
	}
	return cases
}

func (c Case) network() string {
	return fmt.Sprintf("%s-l%d-%s-%d-%d", c.Cell.Name, c.Layers, directionNames[c.Bidirectional], c.InputSize, c.HiddenSize)
}

// String returns the case's name, which is the prefix of the names of its goldens.
func (c Case) String() string { return fmt.Sprintf("%s-t%d", c.network(), c.Steps) }

// Long reports whether the case is one of the few that take most of the time. Tests skip
// them in short mode, for emulated machines.
func (c Case) Long() bool { return c.Steps*c.HiddenSize >= 50*128 }

// Model returns the case's network: real-valued input, no head.
func (c Case) Model() (*format.Model, error) {
	list, err := layers(c.Cell, c.Layers, c.Bidirectional, c.InputSize, c.HiddenSize, c.network()+"/")
	if err != nil || c.Steps != stateSteps {
		return &format.Model{InputSize: c.InputSize, Layers: list}, err
	}
	h0, c0 := c.states("h0"), c.states("c0")
	for i := range list {
		for d := range list[i].Directions {
			w := &list[i].Directions[d]
			w.H0, h0 = format.Padded(h0[:c.HiddenSize]), h0[c.HiddenSize:]
			if c.Cell.Cell.HasCellState() {
				w.C0, c0 = format.Padded(c0[:c.HiddenSize]), c0[c.HiddenSize:]
			}
		}
	}
	return &format.Model{InputSize: c.InputSize, Layers: list}, nil
}

// states returns the initial states, [layer][direction][HiddenSize].
func (c Case) states(name string) []float32 {
	return uniform(c.String()+"/"+name, c.Layers*c.OutputSize(), 1)
}

// OutputSize returns the number of outputs per step.
func (c Case) OutputSize() int {
	if c.Bidirectional {
		return 2 * c.HiddenSize
	}
	return c.HiddenSize
}

// Input returns the sequence, [Steps][InputSize].
func (c Case) Input() []float32 {
	return uniform(c.String()+"/input", c.Steps*c.InputSize, 2)
}

// Target returns the targets of the loss, [Steps][OutputSize].
func (c Case) Target() []float32 {
	return uniform(c.String()+"/target", c.Steps*c.OutputSize(), 1)
}
