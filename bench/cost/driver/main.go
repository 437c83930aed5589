// Command driver runs one kernel once, for the instruction counter.
//
//	driver        lists the cases: name, tab, number of elements worked on
//	driver CASE   runs one
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/rnnrun/rnnrun/kernels"
)

// A kernel is a call whose cost is counted.
type kernel struct {
	name  string
	count int // weights, products or elements that it works on
	run   func(s *kernels.Set)
}

func main() {
	cases := kernelCases()
	if len(os.Args) == 1 {
		for _, c := range cases {
			fmt.Printf("%s\t%d\n", c.name, c.count)
		}
		return
	}
	for _, c := range cases {
		if c.name == os.Args[1] {
			set := "neon"
			if strings.HasSuffix(c.name, "SDOT") {
				set = "dotprod"
			}
			s, err := kernels.ByName(set)
			if err != nil {
				log.Fatal(err)
			}
			c.run(s)
			return
		}
	}
	log.Fatalf("no case %q", os.Args[1])
}

func kernelCases() []kernel {
	var cases []kernel
	add := func(name string, count int, run func(s *kernels.Set)) {
		cases = append(cases, kernel{name, count, run})
	}
	for _, hidden := range []int{8, 40, 64, 128} {
		for _, half := range []bool{false, true} {
			suffix := ""
			if half {
				suffix = ", f16"
			}
			lstm := kernels.Matrix{Rows: 4 * hidden, Depth: hidden + 1, Tile: 32}
			gru := kernels.Matrix{Rows: 3 * hidden, Depth: hidden + 1, Tile: 24}
			rnn := kernels.Matrix{Rows: hidden, Depth: hidden + 1, Tile: 32}
			add(fmt.Sprintf("LSTM step, %d%s", hidden, suffix), lstm.Rows*lstm.Depth, lstmStep(lstm, half))
			add(fmt.Sprintf("GRU step, %d%s", hidden, suffix), gru.Rows*gru.Depth, gruStep(gru, half))
			add(fmt.Sprintf("RNN step, %d%s", hidden, suffix), rnn.Rows*rnn.Depth, rnnStep(rnn, half))
		}
		add(fmt.Sprintf("int8 product, LSTM %d", hidden), 4*hidden*hidden, int8Product(4*hidden, hidden, 32))
		add(fmt.Sprintf("int8 product, GRU %d", hidden), 3*hidden*hidden, int8Product(3*hidden, hidden, 24))
		add(fmt.Sprintf("int8 product, LSTM %d, SDOT", hidden), 4*hidden*hidden, int8Product(4*hidden, hidden, 32))
		add(fmt.Sprintf("int8 product, GRU %d, SDOT", hidden), 3*hidden*hidden, int8Product(3*hidden, hidden, 24))
	}
	for _, classes := range []int{2, 10} {
		m := kernels.Matrix{Rows: kernels.Pad(classes), Depth: 64, Tile: 32}
		add(fmt.Sprintf("dense, 64 → %d", classes), m.Rows*m.Depth, dense(m))
	}
	for _, m := range []kernels.Matrix{
		{Rows: 4 * 64, Depth: 64, Tile: 32},
		{Rows: 3 * 64, Depth: 64, Tile: 24},
		{Rows: 16, Depth: 64, Tile: 32},
		{Rows: 8, Depth: 64, Tile: 32},
	} {
		const n = 33
		name := fmt.Sprintf("%d × %d, %d vectors", m.Rows, m.Depth, n)
		add("product, "+name, m.Rows*m.Depth*n, product(m, n))
		add("gram, "+name, m.Rows*m.Depth*n, gram(m, n))
	}
	for _, units := range []int{8, 40, 64} {
		h, c, acc := make([]float32, units), make([]float32, units), make([]float32, 4*units)
		add(fmt.Sprintf("LSTM cell, %d", units), units, func(s *kernels.Set) { s.LSTMCell(h, c, c, acc) })
		add(fmt.Sprintf("GRU cell, %d", units), units, func(s *kernels.Set) { s.GRUCell(h, h, acc) })
	}
	const n = 67
	dst, a, b, c := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	for _, f := range []struct {
		name string
		run  func(s *kernels.Set)
	}{
		{"tanh", func(s *kernels.Set) { s.Tanh(dst, a) }},
		{"sigmoid", func(s *kernels.Set) { s.Sigmoid(dst, a) }},
		{"exp", func(s *kernels.Set) { s.Exp(dst, a) }},
		{"relu", func(s *kernels.Set) { s.ReLU(dst, a) }},
		{"softmax", func(s *kernels.Set) { s.Softmax(dst, a) }},
		{"mul", func(s *kernels.Set) { s.Mul(dst, a, b) }},
		{"blend", func(s *kernels.Set) { s.Blend(dst, a, b, c) }},
	} {
		add(fmt.Sprintf("%s, %d", f.name, n), n, f.run)
	}
	return cases
}

func weigh(m *kernels.Matrix, half bool) {
	if half {
		m.Half = make([]uint16, m.Rows*m.Depth)
	} else {
		m.Data = make([]float32, m.Rows*m.Depth)
	}
}

// lstmStep is a step of a stream with one input.
func lstmStep(m kernels.Matrix, half bool) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		weigh(&m, half)
		units := m.Rows / 4
		h, next, c := make([]float32, units), make([]float32, units), make([]float32, units)
		s.NewWeights(&m, 1).NewLSTM(kernels.Memory{X: make([]float32, 1), H: h, Next: next, C: c, Bias: make([]float32, m.Rows)}).Step()
	}
}

// gruStep is a step of a stream with one input.
func gruStep(m kernels.Matrix, half bool) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		weigh(&m, half)
		units := m.Rows / 3
		h, next := make([]float32, units), make([]float32, units)
		s.NewWeights(&m, 1).NewGRU(kernels.Memory{X: make([]float32, 1), H: h, Next: next, Bias: make([]float32, 4*units)}).Step()
	}
}

// rnnStep is a step of a stream with one input.
func rnnStep(m kernels.Matrix, half bool) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		weigh(&m, half)
		h, next := make([]float32, m.Rows), make([]float32, m.Rows)
		s.NewWeights(&m, 1).NewRNN(kernels.Memory{X: make([]float32, 1), H: h, Next: next, Bias: make([]float32, m.Rows)}, kernels.ActivationTanh).Step()
	}
}

// dense is the product of a stream's outputs.
func dense(m kernels.Matrix) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		weigh(&m, false)
		s.NewWeights(&m, m.Depth).NewLinear(kernels.Memory{
			X: make([]float32, m.Depth), Next: make([]float32, m.Rows), Bias: make([]float32, m.Rows),
		}, kernels.ActivationIdentity).Step()
	}
}

// int8Product multiplies int8 weights with one vector.
func int8Product(rows, columns, tile int) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		m := s.NewInt8(make([]int8, rows*columns), rows, columns, tile, 0, columns, make([]float32, rows))
		acc := make([]float32, (rows+tile-1)/tile*kernels.TileRows)
		x := make([]int8, columns)
		for i := range x {
			x[i] = 1
		}
		s.LinearInt8(acc, acc, m, 1, x, false)
	}
}

// product multiplies m with n vectors.
func product(m kernels.Matrix, n int) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		m.Data = make([]float32, m.Rows*m.Depth)
		ldacc := m.Tiles() * kernels.TileRows
		s.Product(make([]float32, n*ldacc), ldacc, &m, 0, m.Depth, make([]float32, n*m.Depth), m.Depth, n)
	}
}

// gram sums the gradients of n vectors.
func gram(m kernels.Matrix, n int) func(s *kernels.Set) {
	return func(s *kernels.Set) {
		m.Data = make([]float32, m.Rows*m.Depth)
		ldd := m.Tiles() * kernels.TileRows
		s.Gram(&m, 0, m.Depth, make([]float32, n*ldd), ldd, kernels.TileRows, make([]float32, n*m.Depth), m.Depth, n)
	}
}
