// Package multiply has loops that multiply as fast as a core can: they read no memory, and
// have enough sums that none waits for itself. They are the limit of any product.
package multiply

// A Loop multiplies as fast as a core can.
type Loop struct {
	run func(n int)
	// Adds is how many multiply-adds a turn of Run makes.
	Adds int
}

// Run makes n turns.
func (l *Loop) Run(n int) {
	if n > 0 {
		l.run(n)
	}
}

// sums is how many registers of sums a turn adds to.
const sums = 12
