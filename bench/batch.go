package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// batchSteps is the number of a batch's steps whose outputs are compared.
const batchSteps = 16

// batchCases returns networks that make a step of many streams at once.
func batchCases() []Case {
	var list []Case
	for _, network := range []struct {
		cell  int // of gated
		shape [3]int
	}{{0, [3]int{2, 512, 2}}, {0, [3]int{64, 128, 1}}, {1, [3]int{128, 256, 2}}} {
		for _, streams := range []int{10, 100} {
			s := gated[network.cell]
			s.Input, s.Hidden, s.Layers, s.Seed = network.shape[0], network.shape[1], network.shape[2], 1
			c := newCase(s, 0)
			c.Name += fmt.Sprintf(", %d streams", streams)
			c.Streams, c.Inputs = streams, s.Inputs(batchSteps*streams, 1)
			list = append(list, c)
		}
	}
	return list
}

// batchInput returns the numbers of a step of all streams.
func (c *Case) batchInput(step int) []float32 {
	n := c.Streams * c.Spec.Input
	return c.Inputs[step%batchSteps*n:][:n]
}

// batches compares the peers that make steps of many streams at once, and rnnrun's
// own step of one stream.
func (s *settings) batches(report *Report, peers []Peer) error {
	for _, c := range batchCases() {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
			if !s.only.MatchString(fmt.Sprintf("batches %s %v", c.Name, dtype)) {
				continue
			}
			r, err := compareBatch(&c, dtype, peers, s.rounds, s.each)
			if err != nil {
				return err
			}
			report.Batches = append(report.Batches, r)
		}
	}
	return nil
}

// compareBatch is compare for a case of many streams and the peers of a number format.
// The first time is that of one stream alone.
func compareBatch(c *Case, dtype format.DType, peers []Peer, rounds int, each time.Duration) (Result, error) {
	list := []Peer{oneStream{ours{dtype}}}
	for _, p := range peers {
		if p.DType() == dtype {
			list = append(list, p)
		}
	}
	r, err := compare(c, append(list, multiplying{dtype}), rounds, each)
	if err == nil {
		r.WeightBytes, err = stepBytes(c)
	}
	return r, err
}

// oneStream is rnnrun with a session, whatever the number of streams.
type oneStream struct{ ours }

func (o oneStream) Name() string { return o.ours.Name() + ", one stream" }

func (o oneStream) Open(c *Case) (Runner, error) {
	one := newCase(c.Spec, 0)
	r, err := o.ours.Open(&one)
	if err != nil {
		return nil, err
	}
	return withoutOutputs{r}, nil
}

// withoutOutputs is a runner whose outputs are not compared.
type withoutOutputs struct{ Runner }

func (withoutOutputs) Outputs() ([]float32, error) { return nil, nil }

// A batchRunner is rnnrun with a batch.
type batchRunner struct {
	c     *Case
	batch *rnn.Batch
	next  int // step
}

func (r *batchRunner) Close() {}

func (r *batchRunner) Outputs() ([]float32, error) {
	var all []float32
	for i := range r.c.Streams {
		r.batch.Reset(i)
	}
	for i := range batchSteps {
		y, err := r.batch.Step(r.c.batchInput(i))
		if err != nil {
			return nil, err
		}
		all = append(all, y...)
	}
	return all, nil
}

// Measure returns the time of a step for each stream.
func (r *batchRunner) Measure(d time.Duration) (float64, error) {
	return measure(d, r.c.Streams, func(n int) error {
		for range n {
			if _, err := r.batch.Step(r.c.batchInput(r.next)); err != nil {
				return err
			}
			r.next++
		}
		return nil
	})
}

const batchText = `A step of many streams at once, on one thread: µs for each stream of it. One stream is rnnrun's own step of a single
stream, and gain says how many times as fast each of the batch is. Multiplying is what the multiply-adds of the step take with nothing to read,
at the rate that the core had in the same run, and share is its part of the batch's time. × of ONNX Runtime's batch is to rnnrun's.`

// batchColumns are those of the peers in a table of batches, behind the batch.
var batchColumns = []struct{ peer, name, ratio string }{
	{multiplying{}.Name(), "multiplying", "share"},
	{onnxRuntime{}.Name(), "ONNX Runtime", "×"},
}

func batchTable(list []Result) *table {
	var t table
	head := []string{"network", "weights", "KiB of float32", "one stream", "batch", "gain"}
	for _, c := range batchColumns {
		head = append(head, c.name, c.ratio)
	}
	t.row(head...)
	for _, r := range list {
		one, batch := r.Times[0], r.Times[1]
		row := []string{r.Case, one.DType, kibibytes(r.WeightBytes), microseconds(one.NS), microseconds(batch.NS), hundredths(1 / batch.Ratio)}
		for _, c := range batchColumns {
			i := slices.IndexFunc(r.Times, func(m Measure) bool { return strings.HasPrefix(m.Peer, c.peer) })
			if i < 0 {
				row = append(row, "–", "–")
			} else {
				row = append(row, microseconds(r.Times[i].NS), hundredths(r.Times[i].Ratio/batch.Ratio))
			}
		}
		t.row(row...)
	}
	return &t
}
