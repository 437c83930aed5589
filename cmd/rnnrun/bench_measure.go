package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/rnnrun/rnnrun/internal/benchmark"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A benchResult is what bench measures.
type benchResult struct {
	name        string
	kernels     string
	threads     int
	sequence    int // steps of a sequence; 0: step by step
	hertz       int // steps that arrive per second; 0: not given
	allocations float64
	bytes       int // bytes of weights that a step reads
	readBytes   int // bytes that were read to measure the bandwidth
	clock       *benchmark.Task
	warm        benchPair
	cold        *benchPair   // nil: not measured
	steady      *benchSteady // nil: not measured
	paced       *benchPaced  // nil: not measured
}

// A benchPair has the times of steps or sequences, and of reading memory.
type benchPair struct{ run, read *benchmark.Task }

// A benchSteady has the times of single steps, and of the reference loops between them.
type benchSteady struct{ run, loop *benchmark.Task }

// measure measures a model as the flags say.
func (f *bench) measure(m *rnn.Model) (*benchResult, error) {
	sequence := f.sequence
	if !m.Streamable() && sequence == 0 {
		sequence = bidirectionalSteps
	}
	run, err := work(m, sequence)
	if err != nil {
		return nil, err
	}
	r := &benchResult{name: f.name(), kernels: m.Kernels(), threads: int(f.threads), sequence: sequence, hertz: f.rate, bytes: m.StepBytes()}
	r.allocations = allocations(run) / float64(max(sequence, 1))
	r.warm.run = &benchmark.Task{Do: run}
	r.clock = benchmark.NewClock(r.warm.run)
	r.warm.read, r.readBytes = benchmark.NewRead(r.bytes)
	benchmark.Run(f.time, r.warm.run, r.warm.read, r.clock)
	if f.cold {
		evict := benchmark.NewEviction()
		r.cold = &benchPair{&benchmark.Task{Do: run, Before: evict}, &benchmark.Task{Do: r.warm.read.Do, Before: evict}}
		benchmark.Run(f.time, r.cold.run, r.cold.read)
	}
	if f.steps > 0 {
		steady := &benchSteady{run: &benchmark.Task{Do: run}}
		steady.loop = benchmark.NewClock(steady.run)
		benchmark.Alternate((f.steps-1)/max(sequence, 1)+1, steady.run, steady.loop)
		r.steady = steady
	}
	if f.paced > 0 {
		n, period := f.pacedWork(sequence)
		r.paced = newPace().measure(int(n), period, run)
	}
	return r, nil
}

// work returns a function that runs n steps, or n sequences, on random inputs.
func work(m *rnn.Model, steps int) (func(n int), error) {
	const variety = 64 // different inputs, in turn
	s := m.NewSession()
	rng := rand.New(rand.NewPCG(1, 2))
	length := max(steps, variety)
	var xs []float32
	var tokens []int32
	for range length {
		for _, in := range m.Inputs() {
			for range in.Frames * in.Channels {
				if in.Tokens > 0 {
					tokens = append(tokens, rng.Int32N(int32(in.Tokens)))
				} else {
					xs = append(xs, 2*rng.Float32()-1)
				}
			}
		}
	}
	numbers, ids := len(xs)/length, len(tokens)/length
	var once func(i int) error
	switch {
	case steps > 0:
		once = func(int) error { _, err := s.RunInputs(xs[:steps*numbers], tokens[:steps*ids]); return err }
	case ids == 0:
		once = func(i int) error { _, err := s.Step(xs[i%variety*numbers:][:numbers]); return err }
	case ids == 1 && numbers == 0:
		once = func(i int) error { _, err := s.StepToken(tokens[i%variety]); return err }
	default:
		once = func(i int) error { return advance(s, xs[i%variety*numbers:], tokens[i%variety*ids:]) }
	}
	for i := range length {
		// Run all inputs once, which fills tables that are filled on first use. Later runs
		// return no error, since they do the same.
		if err := once(i); err != nil {
			return nil, err
		}
		if steps > 0 {
			break
		}
	}
	return func(n int) {
		for i := range n {
			_ = once(i)
		}
	}, nil
}

// advance makes a step of a model that reads several tokens, or tokens and numbers.
func advance(s *rnn.Session, xs []float32, tokens []int32) error {
	for _, in := range s.Model().Inputs() {
		if in.Tokens > 0 {
			tokens = tokens[copy(s.InputTokens(in.Name), tokens):]
		} else {
			xs = xs[copy(s.Input(in.Name), xs):]
		}
	}
	return s.Advance()
}

// allocations returns how often a piece of work allocates memory: the mean over many
// runs, rounded down, since other goroutines allocate too.
func allocations(do func(n int)) float64 {
	const (
		most  = 1000
		while = 100 * time.Millisecond
	)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	times := 0
	for start := time.Now(); times < most && time.Since(start) < while; times++ {
		do(1)
	}
	runtime.ReadMemStats(&after)
	return math.Floor(float64(after.Mallocs-before.Mallocs) / float64(times))
}
