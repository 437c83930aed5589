package export

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// gates are the letters of the gates in the order of ONNX's operators.
var gates = map[string]string{"RNN": "h", "LSTM": "iofg", "GRU": "zrn"}

// recurrent writes the operator RNN, LSTM or GRU.
//
// ONNX's LSTM has no projection: with a projection P, h = P u, so that R h = (R P) u. The
// export is an LSTM of all units u with the weights R P, and a projection of its outputs.
func (w *writer) recurrent(l *format.Layer, in, out int) error {
	operator, directions := l.Cell.String(), len(l.Directions)
	x := w.as(in, flat)
	inputs := append([]string{x}, w.weights(l)...)
	inputs = append(inputs, "") // the lengths of the sequences: all are equal
	next, err := w.states(l, &inputs)
	if err != nil {
		return err
	}
	if p := peepholes(l); p != nil {
		for len(inputs) < 7 {
			inputs = append(inputs, "")
		}
		inputs = append(inputs, w.floats("P", false, p, directions, 3*l.HiddenSize))
	}
	for inputs[len(inputs)-1] == "" {
		inputs = inputs[:len(inputs)-1]
	}
	outputs := w.nodes(operator, inputs, 1+len(next), w.recurrentAttributes(l)...)
	for i, state := range next {
		state(outputs[1+i])
	}
	y := outputs[0] // [T*F][directions][N][hidden]
	if l.ProjectionSize > 0 {
		y = w.node("MatMul", []string{y, w.projection(l)})
	}
	if directions == 1 {
		y = w.node("Squeeze", []string{y, w.ints(1)})
	} else {
		y = w.reshape(w.transpose(y, 0, 2, 1, 3), 0, 0, int64(l.OutputSize()))
	}
	w.set(out, flat, y)
	return nil
}

// weights adds the constants W, R and B.
func (w *writer) weights(l *format.Layer) []string {
	own, order := strings.Join(l.Cell.GateNames(), ""), gates[l.Cell.String()]
	directions, h := len(l.Directions), l.HiddenSize
	half := true
	var inputs, states, biases []float32
	for d := range l.Directions {
		half = half && l.Directions[d].Gates.DType == format.DTypeF16
		p := l.Unpack(&l.Directions[d])
		if l.ProjectionSize > 0 {
			p.WeightHH, half = product(p.WeightHH, p.Projection, l.ProjectionSize), false
		}
		rows := func(data []float32) (ordered []float32) {
			n := len(data) / len(own)
			for _, gate := range order {
				ordered = append(ordered, data[strings.IndexRune(own, gate)*n:][:n]...)
			}
			return ordered
		}
		inputs, states = append(inputs, rows(p.WeightIH)...), append(states, rows(p.WeightHH)...)
		biases = append(append(biases, rows(p.BiasIH)...), rows(p.BiasHH)...)
	}
	n := len(own) * h
	return []string{
		w.floats("W", half, inputs, directions, n, l.InputSize),
		w.floats("R", half, states, directions, n, h),
		w.floats("B", false, biases, directions, 2*n),
	}
}

// product returns the product of two matrices; the first has that many columns.
func product(a, b []float32, depth int) []float32 {
	columns := len(b) / depth
	c := make([]float32, len(a)/depth*columns)
	for i := range c {
		row, sum := i/columns, 0.0
		for k := range depth {
			sum += float64(a[row*depth+k]) * float64(b[k*columns+i%columns])
		}
		c[i] = float32(sum)
	}
	return c
}

// projection adds the constant by which the units of each direction are multiplied.
func (w *writer) projection(l *format.Layer) string {
	var data []float32
	for d := range l.Directions {
		data = append(data, transposed(l.Unpack(&l.Directions[d]).Projection, l.HiddenSize)...)
	}
	return w.floats("projection", false, data, len(l.Directions), l.HiddenSize, l.ProjectionSize)
}

// states appends the states before the first step to the inputs, and returns the
// function that takes those after the last step.
func (w *writer) states(l *format.Layer, inputs *[]string) (next []func(string), err error) {
	parts := []func(d *format.Weights) []float32{func(d *format.Weights) []float32 { return d.H0 }}
	if l.Cell.HasCellState() {
		parts = append(parts, func(d *format.Weights) []float32 { return d.C0 })
	}
	for i, of := range parts {
		part := [...]string{"h", "c"}[i]
		var initial []float32
		for d := range l.Directions {
			if v := of(&l.Directions[d]); v != nil {
				if part == "h" && l.ProjectionSize > 0 {
					return nil, w.refuse("a projection of the state beside a learned initial state, which ONNX's LSTM does not have")
				}
				initial = make([]float32, len(l.Directions)*l.HiddenSize)
			}
		}
		for d := range l.Directions {
			if v := of(&l.Directions[d]); v != nil {
				copy(initial[d*l.HiddenSize:][:l.HiddenSize], v)
			}
		}
		switch {
		case w.stream:
			before, after := w.state(part, initial, len(l.Directions), sequences, l.HiddenSize)
			*inputs = append(*inputs, before)
			next = append(next, after)
		case initial == nil:
			*inputs = append(*inputs, "")
		default:
			state := w.floats(part+"0", false, initial, len(l.Directions), 1, l.HiddenSize)
			shape := w.node("Concat", []string{w.ints(1), w.size(0), w.ints(1)}, "axis", 0)
			*inputs = append(*inputs, w.node("Expand", []string{state, shape}))
		}
	}
	return next, nil
}

// peepholes returns those of all directions, i o f of each; nil: there are none.
func peepholes(l *format.Layer) []float32 {
	h := l.HiddenSize
	var all []float32
	for d := range l.Directions {
		p := l.Unpack(&l.Directions[d]).Peephole // i f o
		if p == nil {
			p = make([]float32, 3*h)
		}
		all = append(append(append(all, p[:h]...), p[2*h:]...), p[h:2*h]...)
	}
	if !slices.ContainsFunc(all, func(v float32) bool { return v != 0 }) {
		return nil
	}
	return all
}

func (w *writer) recurrentAttributes(l *format.Layer) []any {
	list := []any{"hidden_size", l.HiddenSize}
	switch {
	case len(l.Directions) == 2:
		list = append(list, "direction", "bidirectional")
	case l.Reverse:
		list = append(list, "direction", "reverse")
	}
	if l.Variant == format.VariantResetAfter {
		list = append(list, "linear_before_reset", 1)
	}
	if l.InputForget {
		list = append(list, "input_forget", 1)
	}
	if l.Clip > 0 {
		list = append(list, "clip", l.Clip)
	}
	return append(list, gateFunctions(l)...)
}

// gateFunctions returns the attributes for the functions of the gates, if they are not
// the operator's defaults.
func gateFunctions(l *format.Layer) []any {
	usual := l.Cell.Activations(l.Cell.DefaultVariant())
	var names []string
	var alphas, betas []float32
	plain := true
	for d := range l.Directions {
		own := l.Directions[d].Activations
		if own == nil {
			own = l.Cell.Activations(l.Variant)
		}
		plain = plain && slices.Equal(own, usual)
		for _, a := range own {
			if a.Kind == format.ActivationNone {
				a = format.ActivationAffine.Default() // the same
			}
			names = append(names, a.Kind.String())
			if a.Kind.Constants() > 0 {
				alphas = append(alphas, a.Alpha)
			}
			if a.Kind.Constants() > 1 {
				betas = append(betas, a.Beta)
			}
		}
	}
	if plain {
		return nil
	}
	list := []any{"activations", names}
	if alphas != nil {
		list = append(list, "activation_alpha", alphas)
	}
	if betas != nil {
		list = append(list, "activation_beta", betas)
	}
	return list
}
