package runtime

// A batchStepper is an op for all streams of a batch. The batch keeps each stream
// in a row, and the active streams in the first rows, side by side.
type batchStepper interface {
	// step makes one step of n streams, which are in the rows from first on. It
	// reads and writes the places' rows from at on.
	step(at, first, n int)
	// reset returns the stream in a row to its initial state.
	reset(row int)
	// swap exchanges the streams in two rows.
	swap(i, j int)
	// appendState appends to dst the state of the stream in a row, in the order of
	// stepper.carried.
	appendState(dst []float32, row int) []float32
	// setState sets the state of the stream in a row from the start of src, and
	// returns the rest of src.
	setState(row int, src []float32) (rest []float32)
	// publish writes the outputs of a row again after setState.
	publish(row int)
	// bytes returns how many bytes the op takes, without its places.
	bytes() int
}

// batchPorts connect a batchStepper to its batch.
type batchPorts struct {
	ports
	batch *Batch
}

// A batchOp is an op with an implementation for many streams.
type batchOp interface {
	op
	newBatch(p batchPorts) batchStepper
}

// newBatchStepper returns an op for all streams of a batch. An op without an
// implementation for many streams steps stream by stream.
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

// A batchStateless is embedded by batchSteppers without a state.
type batchStateless struct{}

func (batchStateless) reset(int)                                      {}
func (batchStateless) swap(_, _ int)                                  {}
func (batchStateless) appendState(dst []float32, _ int) []float32     { return dst }
func (batchStateless) setState(_ int, src []float32) (rest []float32) { return src }
func (batchStateless) publish(int)                                    {}
