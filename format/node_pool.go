package format

// A FramePool reduces Kernel frames of a step to one, every Stride frames: to the greatest of each channel, or to their
// mean. The mean's sum is one chain over the frames.
type FramePool struct {
	Mean   bool // otherwise it takes the greatest
	Kernel int
	Stride int
}

func (p *FramePool) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	return convolved(x, p.Kernel, p.Stride, 1, x.Channels)
}

// A SequencePool reduces the steps of a sequence to one: to the first or the last
// step, to the greatest or the mean of each number, or to their sum weighted by a
// softmax over the steps of a second value of one number per step (PoolAttention).
type SequencePool struct {
	Pool Pool // PoolFirst, PoolLast, PoolMax, PoolMean or PoolAttention
}

func (p *SequencePool) gives(in []Value) (Value, error) {
	want := 1
	if p.Pool == PoolAttention {
		want = 2
	}
	if err := wants(in, want); err != nil {
		return Value{}, err
	}
	x := in[0]
	switch {
	case p.Pool == PoolNone || p.Pool == PoolLastOutput:
		return Value{}, refuse("the pool %v", p.Pool)
	case !x.EachStep():
		return Value{}, refuse("one value of the sequence, but a pool reads steps")
	case want == 2 && (in[1].Size() != 1 || !in[1].EachStep()):
		return Value{}, refuse("weights of %v, want one number per step", in[1])
	}
	phase, err := together(in)
	x.Phase = phase + 1
	return x, err
}

// A Repeat gives a value of the whole sequence at each of its steps.
type Repeat struct{}

func (*Repeat) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if x.EachStep() {
		return Value{}, refuse("a value of each step, but it repeats one of the sequence")
	}
	x.Phase++
	return x, nil
}

func (*FramePool) code() opCode { return codeFramePool }

func (p *FramePool) appendNode(b []byte) []byte {
	return appendSizes(appendFlag(b, p.Mean), p.Kernel, p.Stride)
}

func (p *FramePool) readNode(r *record) {
	p.Mean, p.Kernel, p.Stride = r.flag(), r.size(4), r.size(8)
}

func (*FramePool) checkNode() *Error { return nil }

func (*SequencePool) code() opCode                 { return codeSequencePool }
func (p *SequencePool) appendNode(b []byte) []byte { return appendEnum(b, uint8(p.Pool)) }
func (p *SequencePool) readNode(r *record)         { p.Pool = Pool(r.enum()) }

func (p *SequencePool) checkNode() *Error {
	if !p.Pool.known() {
		return unfit(ErrUnsupported, 0, "has the unknown %v", p.Pool)
	}
	return nil
}

func (p *SequencePool) bounded(in bool) bool { return in && p.Pool != PoolAttention }

func (*Repeat) code() opCode               { return codeRepeat }
func (*Repeat) appendNode(b []byte) []byte { return b }
func (*Repeat) readNode(*record)           {}
func (*Repeat) checkNode() *Error          { return nil }
func (*Repeat) bounded(in bool) bool       { return in }
func (*Repeat) looksAhead() bool           { return true }

func (p *SequencePool) multiplyAdds(in []Value) int {
	if p.Pool != PoolAttention {
		return 0
	}
	return in[0].Size()
}

// kept counts the numbers of the value, and for a weighted sum those of its weights.
func (p *SequencePool) kept(in []Value) int {
	n := in[0].Size()
	if p.Pool == PoolAttention {
		n += 2
	}
	return n
}
