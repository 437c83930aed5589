// Package benchmark measures the time of work, and the limits of this core: its clock,
// and the bandwidth at which it reads memory.
//
// [Run] measures several tasks in turn, so that changes of the machine's speed and other
// programs affect all of them equally:
//
//	step := &benchmark.Task{Do: func(n int) { … n steps … }}
//	clock := benchmark.NewClock(step)
//	benchmark.Run(time.Second, step, clock)
//	step.Percentile(50) // ns per step
package benchmark
