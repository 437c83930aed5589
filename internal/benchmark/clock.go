package benchmark

// addsAtOnce is the number of additions per iteration of the loop in add.
const addsAtOnce = 16

// clockAdds is the number of additions per repetition of a clock. They take some tens of
// nanoseconds.
const clockAdds = 4 * addsAtOnce

// NewClock returns a task that measures the core's clock, which [GHz] returns: a chain of
// dependent additions, of which every core makes one per cycle. Its samples are as long
// as those of the task like, or short if like is nil. Since it uses no memory, only the
// machine delays it: see [Interruptions].
func NewClock(like *Task) *Task {
	sum := uint(0)
	return &Task{Do: func(n int) { sum = add(n*clockAdds, sum, 1, 2) }, Like: like}
}

// GHz returns the core's clock, measured by a task of [NewClock].
func GHz(clock *Task) float64 { return clockAdds / clock.Percentile(50) }

// add makes n additions to x; n must be a multiple of addsAtOnce. It alternates between
// adding y and z, because the compiler would combine two equal additions into one
// instruction.
//
//go:noinline
func add(n int, x, y, z uint) uint {
	for ; n > 0; n -= addsAtOnce {
		x += y
		x += z
		x += y
		x += z
		x += y
		x += z
		x += y
		x += z
		x += y
		x += z
		x += y
		x += z
		x += y
		x += z
		x += y
		x += z
	}
	return x
}
