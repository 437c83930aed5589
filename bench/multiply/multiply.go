// Package multiply multiplies as fast as a core can: without memory, and with as many sums
// at once as no sum waits for itself. Products are to be read against it.
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
