package benchmark

import (
	"math"
	"time"
)

// readUnit is the most float32 that a reader reads per iteration.
const readUnit = 64

// A reader reads data, whose length must be a multiple of readUnit, and returns the OR of
// its words.
type reader func(data []float32) uint32

// NewRead returns a task that reads size bytes of memory from start to end, as fast as
// this core can. It also returns the number of bytes, which is size rounded up. It
// chooses the fastest of several functions for this size. The memory uses huge pages if
// the system has them.
func NewRead(size int) (*Task, int) {
	data := Memory(max((size+4*readUnit-1)/(4*readUnit), 1) * readUnit)
	var fastest *Task
	least := time.Duration(math.MaxInt64)
	for _, read := range readers() {
		t := &Task{Do: func(n int) {
			for range n {
				read(data)
			}
		}}
		t.calibrate(leastTrial)
		if took := t.quickest(trials) / time.Duration(t.batch); took < least {
			fastest, least = t, took
		}
	}
	return fastest, 4 * len(data)
}

// The least duration of a trial of a reader, and the number of trials.
const (
	leastTrial = 20 * time.Microsecond
	trials     = 10
)

// NewEviction returns a function that evicts everything else from the caches: it reads
// twice the size of the largest cache.
func NewEviction() func() {
	data := Memory(2 * LastLevelCache() / 4)
	read := readers()[0]
	return func() { read(data) }
}

// readWords is the portable reader, for data of any length.
func readWords(data []float32) uint32 {
	words := bits(data)
	var a, b, c, d uint32
	for ; len(words) >= 8; words = words[8:] {
		w := (*[8]uint32)(words)
		a |= w[0] | w[4]
		b |= w[1] | w[5]
		c |= w[2] | w[6]
		d |= w[3] | w[7]
	}
	for _, w := range words {
		a |= w
	}
	return a | b | c | d
}
