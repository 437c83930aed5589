package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func benchCommand() *cobra.Command {
	f := new(bench)
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast this machine runs a model",
		Long:  cli.LongHelp(benchHelp),
		Example: `  rnnrun bench -m model.rnn
  rnnrun bench --cell gru --input 1 --hidden 40 --json
  rnnrun bench --hidden 256 --steps 1000000 --cold=false
  rnnrun bench -m builtin:shakespeare --sequence 256 --time 10s
  rnnrun bench -m amp.rnn --sequence 64 --rate 48000 --steps 1000000`,
		Args:              cobra.NoArgs,
		PreRunE:           func(*cobra.Command, []string) error { return f.check() },
		RunE:              f.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f.add(c)
	return c
}

const benchHelp = `Measure how fast this machine runs a model, on one thread or on --threads. Without
--model, the model has random weights and the shape that other flags give.

  clock        The core's clock, measured by a chain of additions: a core
               makes one per cycle.
  allocations  Memory allocations per step.
  weights      The bytes of weights that a step reads, with their padding.
  warm, cold   Warm: step after step. Cold: everything is driven out of the
               caches before each step, as if other work ran in between.
  step         Percentiles of the step time. If a step is too short to time alone,
               several steps are timed together and averaged, and the output
               says so. The figures below use p50.
  reads        The rate at which a step reads its weights, and the bandwidth: the
               rate at which this core reads as many bytes repeatedly. A step can
               be faster if caches hold a part of the weights, because each step
               starts with the weights that the last one read at its end.
  steady       With --steps, that many steps are timed one by one, unless they
               are too short for the clock. After each, a reference loop of additions
               runs for as long without using memory, so only the machine can
               delay it: interrupts, other programs, other virtual machines. A loop
               that takes 5 % and half a microsecond longer was interrupted. The
               loops show how often the machine itself delays work; the percentiles
               without interruptions leave out that share of the steps.

With --sequence the model reads sequences of that many steps, which reuse the weights,
so the bandwidth is no limit and is left out. Times are still per step. A bidirectional
model always reads sequences; the default is 64 steps.

With --rate, that many steps arrive per second: a step, or with --sequence a block, must
be done before the next one arrives. The real-time factor is the fraction of that time
that it takes; steps or blocks that take longer are counted.

With --paced, steps also arrive by the clock, as from a sound card, and the program
sleeps in between. The report shows the latency of answers, how much of it was spent
waking up, and how many answers came too late.

`

// bidirectionalSteps is the default length of sequences for a bidirectional model,
// as benchHelp says.
const bidirectionalSteps = 64

// A bench is the command of that name, with its flags.
type bench struct {
	model                 string
	threads               cli.Threads
	cell, dtype           string
	input, hidden, layers int
	sequence              int           // steps of a sequence; 0: step by step
	rate                  int           // steps that arrive per second; 0: not given
	steps                 int           // steps to time one by one
	time                  time.Duration // to measure each figure
	paced                 time.Duration // how long steps arrive by the clock; 0: not measured
	cold                  bool
	json                  bool
}

func (f *bench) run(c *cobra.Command, _ []string) error {
	m, err := f.open()
	if err != nil {
		return err
	}
	defer m.Close()
	r, err := f.measure(m)
	if err != nil {
		return err
	}
	if f.json {
		return cli.WriteJSON(c.OutOrStdout(), r.object())
	}
	_, err = c.OutOrStdout().Write(r.text())
	return err
}

func (f *bench) add(c *cobra.Command) {
	cli.ModelFlag(c, &f.model, "")
	cli.ThreadsFlag(c, &f.threads)
	flags := c.Flags()
	flags.StringVar(&f.cell, "cell", "lstm", "cell of random weights: rnn, lstm or gru")
	flags.IntVar(&f.input, "input", 64, "inputs per step")
	flags.IntVar(&f.hidden, "hidden", 128, "hidden size: units of a layer")
	flags.IntVar(&f.layers, "layers", 1, "layers")
	flags.StringVar(&f.dtype, "dtype", "f32", "number format of the weights: f32, f16 or int8")
	flags.IntVar(&f.sequence, "sequence", 0, "steps of a sequence; 0: step by step")
	flags.IntVar(&f.rate, "rate", 0, "steps that arrive per second in use, such as 48000, to count missed deadlines")
	flags.DurationVar(&f.time, "time", time.Second, "how long to measure each figure")
	flags.DurationVar(&f.paced, "paced", 0, "how long steps or blocks arrive one by one at --rate, as from a sound card, such as 10s")
	flags.BoolVar(&f.cold, "cold", true, "also measure with cold caches")
	flags.IntVar(&f.steps, "steps", 0, "steps to time one by one, such as 1000000, for the tails")
	flags.BoolVar(&f.json, "json", false, "write one JSON object")
	for _, name := range []string{"cell", "input", "hidden", "layers", "dtype"} {
		c.MarkFlagsMutuallyExclusive("model", name)
	}
	for name, values := range map[string][]string{"cell": {"rnn", "lstm", "gru"}, "dtype": {"f32", "f16", "int8"}} {
		complete := func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
		if err := c.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // the flag exists
		}
	}
}

var benchCells = map[string]benchmark.Shape{
	"rnn":  {Cell: format.CellRNN, Variant: format.VariantTanh},
	"lstm": {Cell: format.CellLSTM, Variant: format.VariantStandard},
	"gru":  {Cell: format.CellGRU, Variant: format.VariantResetAfter},
}

var benchDTypes = map[string]format.DType{"f32": format.DTypeF32, "f16": format.DTypeF16, "int8": format.DTypeInt8}

const (
	mostNumbers = 1 << 30 / 4 // weights of a random model: 1 GiB of them
	mostUnits   = 1 << 16     // units of a layer, inputs, and so on
	mostSteps   = 10_000_000  // timed one by one: 16 bytes each
	mostRate    = 1_000_000_000
	mostTime    = 24 * time.Hour
)

// check refuses flags out of range.
func (f *bench) check() error {
	if _, ok := benchCells[f.cell]; !ok {
		return cli.Usagef("--cell %s: give rnn, lstm or gru", f.cell)
	}
	if _, ok := benchDTypes[f.dtype]; !ok {
		return cli.Usagef("--dtype %s: give f32, f16 or int8", f.dtype)
	}
	for _, n := range []struct {
		name               string
		value, least, most int
	}{
		{"input", f.input, 1, mostUnits}, {"hidden", f.hidden, 1, mostUnits}, {"layers", f.layers, 1, mostUnits},
		{"sequence", f.sequence, 0, mostUnits}, {"steps", f.steps, 0, mostSteps}, {"rate", f.rate, 0, mostRate},
	} {
		if n.value < n.least || n.value > n.most {
			return cli.Usagef("--%s %d: give a number from %d to %d", n.name, n.value, n.least, n.most)
		}
	}
	if f.paced < 0 || f.paced > mostTime {
		return cli.Usagef("--paced %v: give a time, such as 10s, of at most %v", f.paced, mostTime)
	}
	if f.paced > 0 && f.rate == 0 {
		return cli.Usagef("--paced %v needs the rate at which steps arrive: give --rate, too", f.paced)
	}
	if f.paced > 0 {
		if n, _ := f.pacedWork(f.sequence); n > mostSteps {
			return cli.Usagef("--paced %v at --rate %d makes %d measurements, and at most %d are possible: give a shorter time", f.paced, f.rate, n, mostSteps)
		}
	}
	if f.time <= 0 || f.time > mostTime {
		return cli.Usagef("--time %v: give a positive time, such as 1s, of at most %v", f.time, mostTime)
	}
	gates := float64(benchCells[f.cell].Cell.Gates())
	width := float64(f.hidden)
	if n := gates * width * (float64(f.input) + (2*float64(f.layers)-1)*width); n > mostNumbers {
		return cli.Usagef("%s has %.0f weights, and at most %d can be measured: give smaller sizes", f.name(), n, mostNumbers)
	}
	return nil
}

// name says which model is measured.
func (f *bench) name() string {
	if f.model != "" {
		return f.model
	}
	return fmt.Sprintf("%v %d → %d, %s, %s, random weights", benchCells[f.cell].Cell, f.input, f.hidden, message.Count(f.layers, "layer"), f.dtype)
}

func (f *bench) open() (*rnn.Model, error) {
	if f.model != "" {
		return openSteps(f.model, f.threads)
	}
	s := benchCells[f.cell]
	s.Input, s.Hidden, s.Layers, s.DType = f.input, f.hidden, f.layers, benchDTypes[f.dtype]
	m, err := s.Model()
	if err != nil {
		return nil, err
	}
	return benchmark.Open(m, f.threads.Option())
}
