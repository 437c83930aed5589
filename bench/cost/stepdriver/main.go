// Command stepdriver makes steps of a stream, for the instruction counter.
//
//	stepdriver              lists the cases
//	stepdriver CASE SET N   makes N steps of a case with a kernel set
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/rnnrun/rnnrun/kernels"
)

const inputs, hidden = 64, 128

// cases are the streams whose steps are counted.
var cases = []struct {
	name   string
	stream func(s *kernels.Set, r *rand.Rand) kernels.Stream
}{
	{"LSTM 64→128, f32", func(s *kernels.Set, r *rand.Rand) kernels.Stream {
		return weights(s, r, 4*hidden, 32, false).NewLSTM(memory(r, 4*hidden))
	}},
	{"LSTM 64→128, f16", func(s *kernels.Set, r *rand.Rand) kernels.Stream {
		return weights(s, r, 4*hidden, 32, true).NewLSTM(memory(r, 4*hidden))
	}},
	{"LSTM 64→128, int8", func(s *kernels.Set, r *rand.Rand) kernels.Stream {
		return int8Weights(s, r, 4*hidden, 32).NewLSTM(memory(r, 4*hidden))
	}},
	{"GRU 64→128, f32", func(s *kernels.Set, r *rand.Rand) kernels.Stream {
		return weights(s, r, 3*hidden, 24, false).NewGRU(memory(r, 4*hidden))
	}},
	{"GRU 64→128, int8", func(s *kernels.Set, r *rand.Rand) kernels.Stream {
		return int8Weights(s, r, 3*hidden, 24).NewGRU(memory(r, 4*hidden))
	}},
	{"RNN 64→128, f32", func(s *kernels.Set, r *rand.Rand) kernels.Stream {
		return weights(s, r, hidden, 32, false).NewRNN(memory(r, hidden), kernels.ActivationTanh)
	}},
}

func main() {
	if len(os.Args) == 1 {
		for _, c := range cases {
			fmt.Println(c.name)
		}
		return
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(name, set, steps string) error {
	s, err := kernels.ByName(set)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(steps)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.name == name {
			stream := c.stream(s, rand.New(rand.NewPCG(1, 2)))
			for range n {
				stream.Step()
			}
			return nil
		}
	}
	return fmt.Errorf("no case %q", name)
}

func weights(s *kernels.Set, r *rand.Rand, rows, tile int, half bool) kernels.Weights {
	m := kernels.Matrix{Rows: rows, Depth: inputs + hidden, Tile: tile}
	if half {
		m.Half = make([]uint16, rows*m.Depth)
		for i := range m.Half {
			m.Half[i] = uint16(r.UintN(2)<<15 | r.UintN(1<<10) | 11<<10) // ±1/16 to 1/8
		}
	} else {
		m.Data = floats(r, rows*m.Depth)
	}
	return s.NewWeights(&m, inputs)
}

func int8Weights(s *kernels.Set, r *rand.Rand, rows, tile int) kernels.Weights {
	data := make([]int8, rows*(inputs+hidden))
	for i := range data {
		data[i] = int8(r.IntN(255) - 127)
	}
	scale := make([]float32, rows)
	for i := range scale {
		scale[i] = 1. / 1024
	}
	return s.NewInt8Weights(
		kernels.Int8Columns{Int8: s.NewInt8(data, rows, inputs+hidden, tile, 0, inputs, scale), Size: inputs},
		kernels.Int8Columns{Int8: s.NewInt8(data, rows, inputs+hidden, tile, inputs, hidden, scale), Size: hidden},
	)
}

func memory(r *rand.Rand, sums int) kernels.Memory {
	return kernels.Memory{
		X: floats(r, inputs), H: floats(r, hidden), Next: make([]float32, hidden), C: floats(r, hidden), Bias: floats(r, sums),
	}
}

// floats returns numbers within ±1/8.
func floats(r *rand.Rand, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = (r.Float32() - 0.5) / 4
	}
	return s
}
