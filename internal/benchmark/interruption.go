package benchmark

import (
	"math"
	"slices"
)

// A sample of a clock was interrupted if it took longer than the usual one by
// leastDelay (in ns) and by leastDelayShare of that: a chain of additions
// varies less by itself, and anything that takes the core away takes longer.
const (
	leastDelay      = 500
	leastDelayShare = 0.05
)

// Interruptions are the times when the machine took the core from a clock of
// [NewClock], for interrupts, for other programs, or for other guests of its
// host.
type Interruptions struct {
	Count   int     `json:"count"`   // samples of the clock that were interrupted
	Seconds float64 `json:"seconds"` // for which the clock ran
	Share   float64 `json:"share"`   // of that time, which the interruptions took
	Longest float64 `json:"longest_ns"`
}

// FindInterruptions returns what interrupted a clock.
func FindInterruptions(clock *Task) Interruptions {
	total := 0.0
	for _, s := range clock.samples {
		total += s * float64(clock.batch)
	}
	i := Interruptions{Seconds: total / 1e9}
	for _, d := range delays(clock) { // the longest is the last
		i.Count, i.Share, i.Longest = i.Count+1, i.Share+d/total, d
	}
	return i
}

// delays returns by how much the interrupted samples of a clock exceed the
// usual one, in ns of a whole sample, the least first.
func delays(clock *Task) []float64 {
	s := clock.inOrder()
	usual, batch := clock.Percentile(50), float64(clock.batch)
	from, _ := slices.BinarySearch(s, usual+max(leastDelay/batch, leastDelayShare*usual))
	list := make([]float64, 0, len(s)-from)
	for _, v := range s[from:] {
		list = append(list, (v-usual)*batch)
	}
	return list
}

// Undisturbed returns the percentile of a task apart from the machine's
// interruptions. The clock runs alongside the task and has samples of the same
// length, so interruptions delay as many samples of both, by as much.
// Undisturbed subtracts, for every delay, the number of the clock's samples
// that are delayed by as much from those of the task. The delays that remain
// are the task's own, such as cache misses, even if an interruption caused
// them.
//
// It is the greatest sample that more than 100-p of 100 reach or exceed for
// reasons of their own.
func Undisturbed(t, clock *Task, p float64) float64 {
	own := t.inOrder()
	if len(own) == 0 || len(clock.samples) == 0 {
		return math.NaN()
	}
	delays := delays(clock)
	each := float64(len(own)) / float64(len(clock.samples)) // the two may have run for different times
	usual, batch := t.Percentile(50), float64(t.batch)
	allowed := len(own) - rank(p, len(own))
	for i := len(own) - 1; i > 0; i-- {
		as, _ := slices.BinarySearch(delays, (own[i]-usual)*batch)
		if float64(len(own)-i)-each*float64(len(delays)-as) > float64(allowed) {
			return own[i]
		}
	}
	return own[0]
}
