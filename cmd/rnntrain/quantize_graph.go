package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/quantize"
)

// connect assigns the files of --calibrate to the inputs of the model. A stack of layers
// reads one file.
func (f *quantizeFlags) connect(d *format.Model) (err error) {
	switch {
	case len(f.calibrate) == 0:
		return nil
	case d.Graph != nil:
		f.files, err = ports.ConnectInputs("--calibrate", f.calibrate, d.Graph.Inputs)
	case len(f.calibrate) > 1:
		return cli.Usagef("--calibrate: the model reads only one file")
	default:
		f.files.All = f.calibrate[0]
	}
	f.data = strings.Join(f.files.Paths(), ", ")
	return err
}

// mayRead returns the files that --calibrate may name. Only the model decides whether an
// argument is a file or NAME=FILE.
func (f *quantizeFlags) mayRead() (paths []string) {
	for _, arg := range f.calibrate {
		_, path, _ := strings.Cut(arg, "=")
		paths = append(paths, arg, path)
	}
	return paths
}

// graphSequences reads the sequences of the data for a graph, at most --steps steps in
// all.
func (f *quantizeFlags) graphSequences(d *format.Model) (list []quantize.Sequence, err error) {
	sound, err := f.oneSound(d)
	if err != nil {
		return nil, err
	}
	source := &ports.Source{Sound: sound, Flag: "--calibrate", Files: f.files, Inputs: d.Graph.Inputs, Stdin: strings.NewReader(""), Others: []string{"y"}}
	for _, out := range d.Graph.Outputs { // a file of convert --check also has outputs
		source.Others = append(source.Others, out.Name)
	}
	defer source.Close()
	r, o, err := source.Open()
	if err != nil {
		return nil, err
	}
	for left := f.steps; left > 0; {
		if err := r.Next(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		x, err := readSequence(r, o, left)
		if err != nil {
			return nil, err
		}
		if n := len(x) / o.Width; n > 0 {
			numbers, tokens := ports.Split(d.Graph.Inputs, x, nil, nil)
			list = append(list, quantize.NewSequence(d, tokens, numbers))
			left -= n
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: it has no steps to measure on", f.data)
	}
	return list, nil
}

// readSequence reads at most that many steps of a sequence.
func readSequence(r series.Reader[float32], o series.Options, most int) (x []float32, err error) {
	steps := make([]float32, 256*o.Width)
	for len(x) < most*o.Width {
		n, err := r.Read(steps)
		for _, v := range steps[:n] {
			if v-v != 0 {
				return nil, fmt.Errorf("%s: %v is not a finite number: remove it", o.Name, v)
			}
		}
		x = append(x, steps[:n]...)
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
	}
	return x[:min(len(x), most*o.Width)], nil
}

// randomSequences returns random inputs for a graph: tokens, and numbers within ±1 or
// within two standard deviations of the mean. They are always the same.
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
	case z.Scale[k] == 0: // the channel is constant
		return z.Mean[k]
	}
	return z.Mean[k] + 2*v/z.Scale[k]
}
