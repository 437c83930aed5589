package onnxtest

// Cells returns combinations of attributes and inputs: for each operator, all
// combinations of those that change its equations, and each activation in each place.
func Cells() []*Cell {
	var list []*Cell
	bools := []bool{false, true}
	for _, direction := range []string{"", "forward", "reverse", "bidirectional"} {
		for layout := range 2 {
			for _, bias := range bools {
				for _, initial := range bools {
					for _, lengths := range bools {
						for _, clip := range []float32{0, 0.5} {
							c := Cell{Direction: direction, Layout: layout, Bias: bias, Initial: initial, Lengths: lengths, Clip: clip}
							list = append(list, c.variants()...)
						}
					}
				}
			}
		}
	}
	for _, direction := range []string{"forward", "reverse", "bidirectional"} {
		for _, operator := range []string{"RNN", "GRU", "LSTM"} {
			list = append(list, activations(operator, direction)...)
		}
	}
	return list
}

// variants returns the cell for every operator, with all attributes of the operator.
func (c Cell) variants() []*Cell {
	var list []*Cell
	add := func(operator string, peepholes, forget, linear bool) {
		v := c
		v.Operator, v.Peepholes, v.InputForget, v.LinearBeforeReset = operator, peepholes, forget, linear
		list = append(list, &v)
	}
	add("RNN", false, false, false)
	for _, b := range []bool{false, true} {
		add("GRU", false, false, b)
		add("LSTM", b, false, false)
		add("LSTM", b, true, false)
	}
	return list
}

// activations returns cells with every activation in every gate.
func activations(operator, direction string) []*Cell {
	usual := map[string][]string{"RNN": {"Tanh"}, "GRU": {"Sigmoid", "Tanh"}, "LSTM": {"Sigmoid", "Tanh", "Tanh"}}[operator]
	alpha := map[string]bool{"Affine": true, "LeakyRelu": true, "ThresholdedRelu": true, "ScaledTanh": true, "HardSigmoid": true, "Elu": true}
	beta := map[string]bool{"Affine": true, "ScaledTanh": true, "HardSigmoid": true}
	agreed := map[string]bool{"LeakyRelu": true, "HardSigmoid": true, "Elu": true} // have defaults
	var list []*Cell
	for place := range usual {
		for _, name := range []string{"Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Softplus"} {
			for _, given := range []bool{true, false} {
				if !given && !agreed[name] {
					continue
				}
				c := &Cell{Operator: operator, Direction: direction, Bias: true}
				for d := range c.Directions() {
					own := append([]string(nil), usual...)
					own[place] = name
					c.Activations = append(c.Activations, own...)
					if given && alpha[name] {
						c.Alpha = append(c.Alpha, 0.25+0.125*float32(d))
					}
					if given && beta[name] {
						c.Beta = append(c.Beta, 0.75-0.25*float32(d))
					}
				}
				list = append(list, c)
			}
		}
	}
	return list
}
