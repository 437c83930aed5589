package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/quantize"
)

// graphSequences reads the sequences of the data for a graph, of at most --steps steps
// together.
func (f *quantizeFlags) graphSequences(d *format.Model) (list []quantize.Sequence, err error) {
	if len(d.Graph.Inputs) > 1 {
		return nil, fmt.Errorf("the model has %d inputs, and --calibrate gives one", len(d.Graph.Inputs))
	}
	if n := d.TokenWidth(); n > 0 {
		err = eachSequence(f.data, 1, n, f.steps, func(x []int32) { list = append(list, quantize.NewSequence(d, x, nil)) })
	} else {
		err = eachSequence(f.data, d.InputSize, d.InputSize, f.steps, func(x []float32) { list = append(list, quantize.NewSequence(d, nil, x)) })
	}
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s: it holds no steps to measure on", f.data)
	}
	return list, err
}

// eachSequence calls do with each sequence of a file, of at most that many steps
// together. A row of the file has width numbers, and a step has step.
func eachSequence[T series.Number](path string, width, step, steps int, do func(x []T)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	o := series.Options{Name: path, Kind: series.KindOf(path), Width: width}
	if o.Kind == series.KindUnknown {
		o.Kind = series.Sniff(in)
	}
	r, err := series.NewReader[T](in, o)
	if err != nil {
		return err
	}
	for left := steps * step; left > 0; {
		if err := r.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		x, err := readSequence(r, width, left)
		if err != nil {
			return err
		}
		if len(x)%step != 0 {
			return fmt.Errorf("%s: a sequence of %d, and a step of the model reads %d", path, len(x), step)
		}
		if len(x) > 0 {
			do(x)
		}
		left -= len(x)
	}
	return nil
}

// readSequence reads at most so many numbers of a sequence, in rows of width.
func readSequence[T series.Number](r series.Reader[T], width, most int) (x []T, err error) {
	row := make([]T, width)
	for len(x) < most {
		n, err := r.Read(row)
		x = append(x, row[:n]...)
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
	}
	return x, nil
}

// randomSequences returns random inputs for a graph: tokens, and numbers within ±1 or
// within two deviations of the mean. They are the same each time.
func randomSequences(d *format.Model) []quantize.Sequence {
	const sequences, steps = 3, 64
	rng := rand.New(rand.NewPCG(1, 0x901d))
	list := make([]quantize.Sequence, sequences)
	for i := range list {
		var tokens []int32
		var numbers []float32
		for range steps {
			for _, in := range d.Graph.Inputs {
				for k := range in.Frames * in.Channels {
					if in.Tokens > 0 {
						tokens = append(tokens, rng.Int32N(int32(in.Tokens)))
					} else {
						numbers = append(numbers, randomNumber(d.Normalization, k%in.Channels, rng))
					}
				}
			}
		}
		list[i] = quantize.NewSequence(d, tokens, numbers)
	}
	return list
}

// randomNumber returns a random number for channel k of an input.
func randomNumber(z *format.Normalization, k int, rng *rand.Rand) float32 {
	v := 2*rng.Float32() - 1
	switch {
	case z == nil || len(z.Mean) == 0:
		return v
	case z.Scale[k] == 0: // the channel never changes
		return z.Mean[k]
	}
	return z.Mean[k] + 2*v/z.Scale[k]
}
