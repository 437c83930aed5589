package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/internal/benchmark"
	"rnnrun/internal/cli"
	"rnnrun/internal/modeltest"
	rnn "rnnrun/runtime"
)

func benchCommand() *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast this machine runs a model",
		Long: `Measure how fast this machine runs a model, on one thread. Without --model it is
one of random weights, whose shape the other flags give.

  clock        The core's clock, measured meanwhile by a chain of additions, of
               which a core makes one a cycle.
  allocations  Of memory, a step.
  weights      The bytes of weights that a step reads, with their padding.
  warm, cold   Warm: step after step. Cold: everything is driven out of the
               caches before each step, as where other work lies between two.
  step         The time of a step: half of all steps are as fast as p50, 99 of
               100 as p99, 999 of 1000 as p99.9. Where a step is too short to be
               timed alone, a percentile is one of the means of several steps,
               as is then said. What follows goes by p50.
  machine      What the machine's own interruptions add to p99.9: as much as
               they add to an equally long chain of additions, which uses no
               memory and so is never slow for reasons of its own.
  reads        The rate at which a step reads its weights, and the bandwidth: the
               rate at which this core reads as many bytes from end to end, over
               and over, doing nothing else. A step cannot be faster than its
               weights are read, so the share of the bandwidth that it reaches
               says how much there is left to gain.

With --steps the model reads whole sequences of that many steps, which use the
weights many times, so that the bandwidth is no limit and is left out. Times are
still those of a step. A bidirectional model cannot do otherwise: it gets
sequences of ` + fmt.Sprint(bidirectionalSteps) + ` steps.

` + cli.ModelHelp,
		Example: `  rnnrun bench -m model.rnn
  rnnrun bench --cell gru --input 1 --hidden 40 --json
  rnnrun bench -m builtin:shakespeare --steps 256 --time 10s`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(c); err != nil {
				return err
			}
			m, err := f.open()
			if err != nil {
				return err
			}
			defer m.Close()
			r, err := measureModel(m, f.steps, f.time)
			if err != nil {
				return err
			}
			r.name = f.name()
			if f.json {
				return cli.WriteJSON(c.OutOrStdout(), r.object())
			}
			_, err = c.OutOrStdout().Write(r.text())
			return err
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f.add(c)
	return c
}

// bidirectionalSteps is how many steps the sequences of a bidirectional model
// have.
const bidirectionalSteps = 64

// benchFlags are the flags of bench.
type benchFlags struct {
	model                 string
	cell, dtype           string
	input, hidden, layers int
	steps                 int
	time                  time.Duration
	json                  bool
}

func (f *benchFlags) add(c *cobra.Command) {
	cli.ModelFlag(c, &f.model, "")
	flags := c.Flags()
	flags.StringVar(&f.cell, "cell", "lstm", "cell of random weights: rnn, lstm or gru")
	flags.IntVar(&f.input, "input", 64, "inputs of a step")
	flags.IntVar(&f.hidden, "hidden", 128, "units of a layer")
	flags.IntVar(&f.layers, "layers", 1, "layers")
	flags.StringVar(&f.dtype, "dtype", "f32", "number format of the weights")
	flags.IntVar(&f.steps, "steps", 0, "steps of a sequence; 0: step by step")
	flags.DurationVar(&f.time, "time", time.Second, "how long to measure each figure")
	flags.BoolVar(&f.json, "json", false, "one JSON object")
	for _, name := range []string{"cell", "input", "hidden", "layers", "dtype"} {
		c.MarkFlagsMutuallyExclusive("model", name)
	}
	for name, values := range map[string][]string{"cell": {"rnn", "lstm", "gru"}, "dtype": {"f32"}} {
		complete := func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
		if err := c.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // the flag exists
		}
	}
}

var benchCells = map[string]modeltest.Spec{
	"rnn":  {Cell: format.RNN, Variant: format.Tanh},
	"lstm": {Cell: format.LSTM, Variant: format.Standard},
	"gru":  {Cell: format.GRU, Variant: format.ResetAfter},
}

// mostNumbers bounds the weights of a random model: 1 GiB of them.
const mostNumbers = 1 << 30 / 4

func (f *benchFlags) check(c *cobra.Command) error {
	if _, ok := benchCells[f.cell]; !ok {
		return cli.Usagef("--cell %s: give rnn, lstm or gru", f.cell)
	}
	switch f.dtype {
	case "f32":
	case "f16", "int8":
		return cli.Usagef("--dtype %s: this version of rnnrun runs f32 only", f.dtype)
	default:
		return cli.Usagef("--dtype %s: give f32", f.dtype)
	}
	for _, n := range []struct {
		name         string
		value, least int
	}{{"input", f.input, 1}, {"hidden", f.hidden, 1}, {"layers", f.layers, 1}, {"steps", f.steps, 0}} {
		if n.value < n.least || n.value > 1<<16 {
			return cli.Usagef("--%s %d: give a number from %d to %d", n.name, n.value, n.least, 1<<16)
		}
	}
	if f.time <= 0 {
		return cli.Usagef("--time %v: give a positive time, such as 1s", f.time)
	}
	gates := float64(benchCells[f.cell].Cell.Gates())
	width := float64(f.hidden)
	if n := gates * width * (float64(f.input) + (2*float64(f.layers)-1)*width); n > mostNumbers {
		return cli.Usagef("%s has %.0f weights: at most %d are measured", f.name(), n, mostNumbers)
	}
	return nil
}

// name says which model is measured.
func (f *benchFlags) name() string {
	if f.model != "" {
		return f.model
	}
	plural := map[bool]string{true: "s"}[f.layers > 1]
	return fmt.Sprintf("%v %d → %d, %d layer%s, %s, random weights", benchCells[f.cell].Cell, f.input, f.hidden, f.layers, plural, f.dtype)
}

func (f *benchFlags) open() (*rnn.Model, error) {
	if f.model != "" {
		return cli.OpenModel(f.model)
	}
	s := benchCells[f.cell]
	s.Input, s.Hidden, s.Layers = f.input, f.hidden, f.layers
	return rnn.New(s.Model())
}

// A benchResult is what bench finds of a model.
type benchResult struct {
	name        string
	kernels     string
	steps       int // of a sequence; 0: step by step
	allocations float64
	bytes       int // of weights that a step reads
	readBytes   int // as many, as they were read to measure the bandwidth
	clock       *benchmark.Task
	warm, cold  benchPair
}

// A benchPair are the times of sequences, and of reading memory.
type benchPair struct{ run, read *benchmark.Task }

// measureModel measures a model for a time for each figure: step by step, or
// sequences of that many steps.
func measureModel(m *rnn.Model, steps int, each time.Duration) (*benchResult, error) {
	if !m.Streamable() && steps == 0 {
		steps = bidirectionalSteps
	}
	run, err := work(m, steps)
	if err != nil {
		return nil, err
	}
	r := &benchResult{kernels: m.Kernels(), steps: steps, bytes: m.StepBytes()}
	r.allocations = allocations(run) / float64(max(steps, 1))
	r.warm.run = &benchmark.Task{Do: run}
	r.clock = benchmark.NewClock(r.warm.run)
	r.warm.read, r.readBytes = benchmark.NewRead(r.bytes)
	benchmark.Run(each, r.warm.run, r.warm.read, r.clock)

	evict := benchmark.NewEviction()
	r.cold.run = &benchmark.Task{Do: run, Before: evict}
	r.cold.read = &benchmark.Task{Do: r.warm.read.Do, Before: evict}
	benchmark.Run(each, r.cold.run, r.cold.read)
	return r, nil
}

// work returns a function that runs n steps, or n sequences of so many, on
// random inputs.
func work(m *rnn.Model, steps int) (func(n int), error) {
	const variety = 64 // different inputs, in turn
	s := m.NewSession()
	rng := rand.New(rand.NewPCG(1, 2))
	length := max(steps, variety)
	xs := make([]float32, length*m.InputSize())
	for i := range xs {
		xs[i] = 2*rng.Float32() - 1
	}
	var tokens []int32
	if m.Tokens() > 0 {
		tokens = make([]int32, length)
		for i := range tokens {
			tokens[i] = rng.Int32N(int32(m.Tokens()))
		}
	}
	var once func(i int) error
	switch {
	case steps > 0 && tokens != nil:
		once = func(int) error { _, err := s.RunTokens(tokens[:steps]); return err }
	case steps > 0:
		once = func(int) error { _, err := s.Run(xs[:steps*m.InputSize()]); return err }
	case tokens != nil:
		once = func(i int) error { _, err := s.StepToken(tokens[i%variety]); return err }
	default:
		size := m.InputSize()
		once = func(i int) error { _, err := s.Step(xs[i%variety*size:][:size]); return err }
	}
	for i := range length {
		// All inputs once: tables that are filled by use get filled. From now
		// on there is no error, since the same was done before.
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

// allocations returns how often memory is allocated by doing some work once:
// the mean over a while, rounded down, since the program does other things too.
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
