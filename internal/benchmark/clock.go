package benchmark

// addsAtOnce is how many additions a turn of the loop in add makes.
const addsAtOnce = 16

// clockAdds is how many additions a clock's work is: they take some tens of
// nanoseconds.
const clockAdds = 4 * addsAtOnce

// NewClock returns a task from which [GHz] tells the core's clock: a chain of
// additions, each of which waits for the one before. Every core makes one of
// them a cycle. Its samples are as long as those of the other task, or short if
// that is nil. Since it uses no memory, only the machine delays it: see
// [Interruptions].
func NewClock(like *Task) *Task {
	sum := uint(0)
	return &Task{Do: func(n int) { sum = add(n*clockAdds, sum, 1, 2) }, Like: like}
}

// GHz returns the clock that a task of [NewClock] has measured.
func GHz(clock *Task) float64 { return clockAdds / clock.Percentile(50) }

// add makes n additions to x; n is a multiple of addsAtOnce. It adds y and z in
// turn, since the compiler would make one instruction of two equal additions.
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
