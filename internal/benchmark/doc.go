// Package benchmark measures how long work takes, and what this core could do
// at most: its clock, and the bandwidth at which it reads memory.
//
// [Run] measures several tasks in turn, so that a change of the machine's
// speed, or other programs on it, meet all of them alike:
//
//	step := &benchmark.Task{Do: func(n int) { … n steps … }}
//	clock := benchmark.NewClock(step)
//	benchmark.Run(time.Second, step, clock)
//	step.Percentile(50) // ns of a step
package benchmark
