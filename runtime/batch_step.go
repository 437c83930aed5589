package runtime

import "runtime"

// Step reads one step of every active stream: x is [N][I] for N streams, and the
// outputs are [N][O]. Step ignores the rows of x for inactive streams, and
// repeats the outputs of their last step. If the model pools its steps, the
// outputs are the answers for the steps so far. Step allocates nothing.
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

// StepTokens is [Batch.Step] for tokens: [N], or [N][K] if a step has K tokens. The
// tokens of inactive streams may have any value. The error may also be a
// [*TokenRangeError], whose Step is the number of the stream; in that case no stream
// has made a step.
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

// StepInputs is [Batch.Step] for a graph that reads both numbers x [N][I] and tokens
// [N][K]. A stream's row holds the values of the graph's inputs, one input after the
// other.
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

// read copies the inputs of a step to a row.
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
	runtime.KeepAlive(b) // and with it the weights' memory
}

// stepBelow runs the ops that every step needs for the first n rows, and counts
// the step.
func (b *Batch) stepBelow(n int) {
	for _, s := range b.below {
		s.step(0, 0, n)
	}
	for _, stream := range b.stream[:n] {
		b.steps[stream]++
	}
}
