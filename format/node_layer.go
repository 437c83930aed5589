package format

import "github.com/rnnrun/rnnrun/internal/message"

// gives implements [Op]: a recurrent layer treats each frame of a step as a step, and a dense one reads each frame by
// itself.
//
// A recurrent layer may also read a mask, one number per step: if it is 0, the step leaves the state as it is, and
// gives the outputs of the previous step again, as Keras' masking does.
func (l *Layer) gives(in []Value) (Value, error) {
	if len(in) == 2 {
		return l.masked(in)
	}
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if x.Channels != l.InputSize {
		return Value{}, refuse("%s, but it reads %d", message.Count(x.Channels, "channel"), l.InputSize)
	}
	if l.Cell.Recurrent() && !x.EachStep() {
		return Value{}, refuse("one value of the sequence, but it goes on from step to step")
	}
	x.Channels = l.OutputSize()
	return x, nil
}

// masked implements gives for a layer that also reads a mask.
func (l *Layer) masked(in []Value) (Value, error) {
	if err := wants(in, 2); err != nil {
		return Value{}, err
	}
	switch x, mask := in[0], in[1]; {
	case !l.Cell.Recurrent() || l.Backward():
		return Value{}, refuse("a mask, which only a recurrent layer with one direction, forward, can read")
	case x.Frames != 1:
		return Value{}, refuse("a mask and %s, but a masked step is one frame", message.Count(x.Frames, "frame"))
	case mask.Size() != 1 || !mask.EachStep():
		return Value{}, refuse("a mask of %v, want one number of each step", mask)
	}
	y, err := l.gives(in[:1])
	y.Phase = max(y.Phase, in[1].Phase)
	return y, err
}

func (e *Embedding) gives(in []Value) (Value, error) {
	if len(in) != 1 || in[0].Tokens == 0 {
		return Value{}, refuse("numbers, but an embedding reads tokens")
	}
	x := in[0]
	if x.Tokens > e.Tokens {
		return Value{}, refuse("tokens below %d, but it has %d", x.Tokens, e.Tokens)
	}
	x.Tokens, x.Channels = 0, e.Size
	return x, nil
}

func (*Layer) code() opCode { return codeLayer }

func (l *Layer) appendNode(b []byte) []byte { return l.appendCell(l.appendRecord(b), 0) }

func (l *Layer) readNode(r *record) {
	if directions := directionsOf(r.b[2]); directions > 2 {
		r.refuse(ErrInvalid, 2, "%s, want 1 or 2", message.Count(directions, "direction"))
		return
	}
	if r.err = l.readRecord(r.b[:layerSize]); r.err != nil {
		return
	}
	cell := r.b[layerSize:]
	if !allZero(cell[:4]) {
		r.refuse(ErrCorrupt, layerSize, "reserved bytes that are not zero")
	} else if err := l.readCell(cell); err != nil {
		r.refuse(err.Err, layerSize+int(err.Offset), "%s", err.Reason)
	}
}

func (l *Layer) checkNode() *Error {
	if err := l.validate(); err != nil {
		return err
	}
	err := l.validateCell()
	if err != nil {
		err.Offset += layerSize
		err.Reason = "has " + err.Reason
	}
	return err
}

func (l *Layer) nodeArrays(i int, yield func(tensor) bool) bool {
	for d := range l.Directions {
		if !l.arrays(i, d, true, func(t tensor) bool { t.node = true; return yield(t) }) {
			return false
		}
	}
	return true
}

func (l *Layer) converted(dtype DType) Op {
	c := *l
	c.convert(dtype)
	return &c
}

func (l *Layer) checkWeights(bounded bool) *Error { return l.validateWeights(!bounded, uncalibrated) }

// Bounded reports whether the layer's outputs are within ±1: the states of an RNN
// (tanh), LSTM or GRU with the activations of its cell and without a projection.
func (l *Layer) Bounded() bool {
	if !l.Cell.Recurrent() || l.ProjectionSize > 0 {
		return false
	}
	for d := range l.Directions {
		if l.Directions[d].Activations != nil {
			return false
		}
	}
	for _, a := range l.Cell.Activations(l.Variant) {
		if a.Kind != ActivationTanh && a.Kind != ActivationSigmoid {
			return false
		}
	}
	return true
}

func (l *Layer) bounded(bool) bool { return l.Bounded() }
func (l *Layer) looksAhead() bool  { return l.Backward() }

func (*Embedding) code() opCode                 { return codeEmbedding }
func (e *Embedding) appendNode(b []byte) []byte { return appendSizes(b, e.Tokens, e.Size) }
func (e *Embedding) readNode(r *record)         { e.Tokens, e.Size = r.size(0), r.size(4) }

func (e *Embedding) checkNode() *Error {
	if !inRange(e.Tokens) {
		return unfit(ErrInvalid, 0, "has %s, want 1 to %d", message.Count(e.Tokens, "token"), MaxSize)
	}
	return nil
}

func (e *Embedding) nodeArrays(i int, yield func(tensor) bool) bool {
	return e.arrays(func(t tensor) bool { t.layer, t.node = i, true; return yield(t) })
}

func (e *Embedding) converted(dtype DType) Op { return e.convert(dtype) }

func (l *Layer) multiplyAdds(in []Value) int { return in[0].Frames * l.Work().MultiplyAdds }
func (l *Layer) kept([]Value) int            { return l.Work().State }
