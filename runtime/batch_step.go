package runtime

import "runtime"

// Step reads one step of every active stream and returns the outputs: x is
// [N][I], and the outputs are [N][O], of N streams. Step ignores the rows of x
// for inactive streams, whose outputs are those of their last step. If the model
// pools its steps, outputs are the answers for the steps so far. It allocates
// nothing.
//
// The error is [ErrClosed], [ErrBidirectional], [ErrInputKind] or an
// [*InputSizeError].
func (b *Batch) Step(x []float32) ([]float32, error) {
	m := b.model
	switch {
	case m.closed.Load():
		return nil, ErrClosed
	case !m.streaming:
		return nil, ErrBidirectional
	case m.readsTokens():
		return nil, errWantsTokens
	case m.tokenWidth > 0:
		return nil, errWantsBoth
	}
	return b.StepInputs(x, nil)
}

// StepTokens is [Batch.Step] for tokens: [N], or [N][K] if a step has K. Those of
// other streams may be any. The error may be a [*TokenRangeError], too, whose step is
// the number of the stream. No stream has then made a step.
func (b *Batch) StepTokens(tokens []int32) ([]float32, error) {
	m := b.model
	switch {
	case m.closed.Load():
		return nil, ErrClosed
	case !m.streaming:
		return nil, ErrBidirectional
	case m.tokenWidth == 0:
		return nil, errWantsNumbers
	case !m.readsTokens():
		return nil, errWantsBoth
	}
	return b.StepInputs(nil, tokens)
}

// StepInputs is [Batch.Step] for a graph that reads numbers [N][I] and tokens [N][K]
// both: those of each stream are those of its inputs, one input after the other.
func (b *Batch) StepInputs(x []float32, tokens []int32) ([]float32, error) {
	m := b.model
	switch {
	case m.closed.Load():
		return nil, ErrClosed
	case !m.streaming:
		return nil, ErrBidirectional
	case len(x) != b.streams*m.numberWidth:
		return nil, &InputSizeError{Got: len(x), Want: b.streams * m.numberWidth}
	case len(tokens) != b.streams*m.tokenWidth:
		return nil, &InputSizeError{Got: len(tokens), Want: b.streams * m.tokenWidth}
	}
	for row := range b.active {
		stream := b.stream[row]
		if err := m.refuseStep(stream, tokens[stream*m.tokenWidth:][:m.tokenWidth]); err != nil {
			return nil, err
		}
	}
	for row := range b.active {
		stream := b.stream[row]
		b.read(row, x[stream*m.numberWidth:][:m.numberWidth], tokens[stream*m.tokenWidth:][:m.tokenWidth])
	}
	b.step()
	return b.y, nil
}

// read gives the inputs of a step to a row.
func (b *Batch) read(row int, x []float32, tokens []int32) {
	p := b.model.plan
	for _, v := range p.ports {
		at := &b.places[v]
		if k := p.values[v].tokens; k > 0 {
			tokens = tokens[copy(at.tokens[row*k:][:k], tokens):]
		} else {
			x = x[copy(at.run.row(row, len(at.step)), x):]
		}
	}
}

// step makes a step of the active streams from the inputs in their rows.
func (b *Batch) step() {
	n := b.active
	b.stepBelow(n)
	for _, s := range b.above {
		s.step(0, 0, n)
	}
	for row := range n {
		b.gather(row)
	}
	runtime.KeepAlive(b) // and so the weights' memory
}

// stepBelow makes that part of a step of the first n rows which every step has.
func (b *Batch) stepBelow(n int) {
	for _, s := range b.below {
		s.step(0, 0, n)
	}
	for _, stream := range b.stream[:n] {
		b.steps[stream]++
	}
}
