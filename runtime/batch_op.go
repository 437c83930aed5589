package runtime

// A batchStepper is an op in all streams of a batch. The batch keeps the streams in
// rows, so that those that make a step stand side by side.
type batchStepper interface {
	// step makes a step of the streams in n rows from first on. What they read and
	// write stands in the rows of the places from at on.
	step(at, first, n int)
	// reset has the stream in a row go back to its initial state.
	reset(row int)
	// swap exchanges the streams in two rows.
	swap(i, j int)
	// appendState appends to dst what the stream in a row carries, in the order of a
	// stepper's carried.
	appendState(dst []float32, row int) []float32
	// setState has the stream in a row carry what src begins with, and returns the
	// rest.
	setState(row int, src []float32) (rest []float32)
	// publish writes the outputs of a row again after setState.
	publish(row int)
	// bytes returns how many bytes the op takes, without its places.
	bytes() int
}

// batchPorts are what a batchStepper is connected to.
type batchPorts struct {
	ports
	batch *Batch
}

// A batchOp is an op that has a form of its own for many streams.
type batchOp interface {
	op
	newBatch(p batchPorts) batchStepper
}

// newBatchStepper returns an op in all streams of a batch. One without a form for
// many streams makes its steps stream by stream.
func newBatchStepper(o op, p batchPorts) batchStepper {
	if o, ok := o.(batchOp); ok {
		if s := o.newBatch(p); s != nil {
			return s
		}
	}
	if rowwise(o) {
		return &batchRows{stepper: o.newStepper(p.ports), p: p}
	}
	p.batch.apart = p.batch.apart || o.weightBytes() > 0
	return newBatchStreams(o, p)
}

// A batchStateless is what batchSteppers that carry nothing have in common.
type batchStateless struct{}

func (batchStateless) reset(int)                                      {}
func (batchStateless) swap(_, _ int)                                  {}
func (batchStateless) appendState(dst []float32, _ int) []float32     { return dst }
func (batchStateless) setState(_ int, src []float32) (rest []float32) { return src }
func (batchStateless) publish(int)                                    {}
