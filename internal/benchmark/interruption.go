package benchmark

import (
	"math"
	"slices"
)

// A sample of a clock was interrupted if it took longer than the median by leastDelay (in
// ns) and by the fraction leastDelayShare of it. By itself, a chain of additions varies
// less, and losing the core costs more.
const (
	leastDelay      = 500
	leastDelayShare = 0.05
)

// Interruptions are the times when the machine took the core from a clock of [NewClock]:
// for interrupts, for other programs, or for other guests of its host.
type Interruptions struct {
	Count   int     `json:"count"`   // interrupted samples of the clock
	Seconds float64 `json:"seconds"` // running time of the clock
	Share   float64 `json:"share"`   // fraction of this time that the interruptions took
	Longest float64 `json:"longest_ns"`
}

// FindInterruptions returns the interruptions of a clock.
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

// delays returns by how much each interrupted sample of a clock exceeds the median, in ns
// per sample, in ascending order.
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

// Undisturbed returns the percentile p of a task's samples without the machine's
// interruptions. The clock runs alongside the task with samples of the same length, so
// interruptions delay equally many samples of both by equal times. For every delay,
// Undisturbed subtracts the number of clock samples that are delayed by at least as much
// from the number of task samples. The delays that remain are the task's own, such as
// cache misses, even if an interruption caused them.
//
// The result is the greatest sample that, after this subtraction, more than 100-p percent
// of the samples reach or exceed.
func Undisturbed(t, clock *Task, p float64) float64 {
	own := t.inOrder()
	if len(own) == 0 || len(clock.samples) == 0 {
		return math.NaN()
	}
	delays := delays(clock)
	each := float64(len(own)) / float64(len(clock.samples)) // the two may have different numbers of samples
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
