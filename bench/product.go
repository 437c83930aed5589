package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/viterin/vek/vek32"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// products are the rows and columns of the weights of an LSTM's layer: the
// product of such a matrix and a vector is most of a step.
var products = [][2]int{{160, 41}, {256, 104}, {512, 192}, {1024, 384}, {2048, 768}, {4096, 1536}}

// compareProduct compares products of a matrix and a vector in turn: ours and
// those of Go's libraries.
func compareProduct(rows, columns, rounds int, each time.Duration) (Result, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	uniform := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = 2*rng.Float32() - 1
		}
		return v
	}
	w, x, y := uniform(rows*columns), uniform(columns), make([]float32, rows)

	set, err := kernels.Default()
	if err != nil {
		return Result{}, err
	}
	dense, err := format.PackDense(columns, rows, w, nil)
	if err != nil {
		return Result{}, err
	}
	m := kernels.Matrix{Data: dense.Weight.Data, Rows: dense.Weight.Rows, Depth: columns, Tile: dense.Weight.Tile}
	general := blas32.General{Rows: rows, Cols: columns, Stride: columns, Data: w}
	c := &Case{Name: fmt.Sprintf("%d×%d", rows, columns)}
	result, err := compare(c, []Peer{
		product{"rnnrun", y, func() {
			clear(y)
			set.Product(y, 0, &m, 0, columns, x, 0, 1)
		}},
		product{"gonum blas32.Gemv", y, func() {
			blas32.Gemv(blas.NoTrans, 1, general, blas32.Vector{N: columns, Inc: 1, Data: x}, 0, blas32.Vector{N: rows, Inc: 1, Data: y})
		}},
		product{"vek32.Dot of every row", y, func() {
			for i := range y {
				y[i] = vek32.Dot(w[i*columns:][:columns], x)
			}
		}},
	}, rounds, each)
	result.WeightBytes = 4 * len(w)
	return result, err
}

// A product is a way to compute y = W x.
type product struct {
	name string
	y    []float32
	do   func()
}

func (p product) Name() string               { return p.name }
func (p product) DType() format.DType        { return format.DTypeF32 }
func (p product) Version() string            { return "" }
func (p product) Close()                     {}
func (p product) Open(*Case) (Runner, error) { return p, nil }

// Outputs returns the product scaled to about 1, as its sums are of many
// numbers.
func (p product) Outputs() ([]float32, error) {
	p.do()
	out := make([]float32, len(p.y))
	for i, v := range p.y {
		out[i] = v / 16
	}
	return out, nil
}

func (p product) Measure(d time.Duration) (float64, error) {
	return measure(d, 0, func(n int) error {
		for range n {
			p.do()
		}
		return nil
	})
}
