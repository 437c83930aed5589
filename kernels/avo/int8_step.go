package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// int8Steps writes the kernels of a stream's step with int8 weights. X and H are
// quantized, and Inputs and Hidden count groups of four. There is at least one group of
// H.
func int8Steps(by multiplier) {
	linearStepInt8(by)
	lstmStepInt8(by)
	gruStepInt8(by)
}

// A multiplier makes the products of int8 weights with a vector, X or H.
type multiplier interface {
	prepare(a stepArgs)                                    // begins a function
	begin(s int8Step, vector string, tiles [][]VecVirtual) // sets sums
	load(x GPVirtual)                                      // takes four numbers of the vector
	multiply(w Mem, sum VecVirtual)                        // adds to 8 sums their products with four weights
	end(vector string, tiles [][]VecVirtual)               // completes sums
}

// An int8Step is a function for such a step. The sums of X are converted to floats before
// those of H begin, because the registers cannot hold both.
type int8Step struct {
	stepArgs
	by      multiplier
	results int       // of a tile
	done    GPVirtual // tiles
	floats  Mem       // the sums of a block, [tiles][4][8]
}

// newInt8Step begins a function that works on at most so many tiles at once.
func newInt8Step(name string, by multiplier, tiles, results int) int8Step {
	s := int8Step{newStep(name), by, results, GP64(), AllocLocal(tiles * tileBytes)}
	by.prepare(s.stepArgs)
	XORQ(s.done, s.done)
	return s
}

// from returns n columns of a field, starting at the next tile, that are step apart.
func (s int8Step) from(field, step string, n int) columns {
	stride, first := s.arg(step), GP64()
	if field == "Start" && s.results == lanes { // a quarter of a tile's sums
		SHLQ(Imm(2), stride)
	}
	MOVQ(stride, first)
	IMULQ(s.done, first)
	ADDQ(Mem{Base: s, Disp: argOffsets[field]}, first)
	return pointTo(first, stride, n)
}

// pointer returns a field, starting at the next tile.
func (s int8Step) pointer(field string) GPVirtual { return s.from(field, "UnitStep", 1).at[0] }

// An int8Group is the tiles that such a step processes together.
type int8Group struct {
	int8Step
	name    string
	heights []int // vectors of each tile
	narrow  bool  // whether the last one is narrow
}

// group returns n full tiles of some vectors, and one of so many more.
func (s int8Step) group(name string, n, height, narrow int) int8Group {
	g := int8Group{s, name, nil, narrow > 0}
	for range n {
		g.heights = append(g.heights, height)
	}
	if g.narrow {
		g.heights = append(g.heights, narrow)
	}
	return g
}

// sums returns what start becomes by the products with X, and from row first on
// with H: of the rows from there on, in registers, of those before in floats.
func (g int8Group) sums(first int) [][]VecVirtual {
	full := len(g.heights)
	var last GPVirtual
	if g.narrow {
		full--
		last = g.arg("Last")
	}
	w := g.from("W", "Stride", full)
	inputs, skip, state := g.arg("Inputs"), g.name+"_skip", g.name+"_state"
	TESTQ(inputs, inputs)
	JZ(LabelRef(skip))
	tiles := g.products("X", inputs, w, last)
	start := g.from("Start", "UnitStep", len(tiles))
	g.scale("X", tiles, func(t, r int) Mem { return start.mem(t).Offset(r * width) })
	for t, sums := range tiles {
		write(sums, g.floats.Offset(t*tileBytes))
		for r := len(sums); r < first+len(sums); r++ { // these have no inputs
			g.copy(start, t, r)
		}
	}
	JMP(LabelRef(state))
	Label(skip)
	start = g.from("Start", "UnitStep", len(tiles))
	for t, v := range g.heights {
		for r := range first + v {
			g.copy(start, t, r)
		}
	}
	Label(state)
	tiles = g.products("H", g.arg("Hidden"), w, last)
	g.scale("H", tiles, func(t, r int) Mem { return g.floats.Offset(t*tileBytes + (first+r)*width) })
	ADDQ(Imm(uint64(full)), g.done)
	return tiles
}

// copy copies start to the floats of a row of a tile.
func (g int8Group) copy(start columns, t, r int) {
	x := YMM()
	VMOVUPS(start.mem(t).Offset(r*width), x)
	VMOVUPS(x, g.floats.Offset(t*tileBytes+r*width))
}

// products returns the sums of products with the next weights and a vector, X
// or H, of so many groups of four, and moves on behind those weights.
func (g int8Group) products(vector string, groups GPVirtual, w columns, last GPVirtual) (tiles [][]VecVirtual) {
	for _, v := range g.heights {
		tiles = append(tiles, vectors(v))
	}
	g.by.begin(g.int8Step, vector, tiles)
	at := g.arg(vector)
	loop := fmt.Sprintf("%s_%s", g.name, vector)
	Label(loop)
	g.by.load(at)
	for t, sums := range tiles {
		for r, sum := range sums {
			weights := Mem{Base: last}
			if !g.narrow || t < len(tiles)-1 {
				weights = w.mem(t)
			}
			g.by.multiply(weights.Offset(r*width), sum)
		}
	}
	for _, p := range w.at {
		ADDQ(I32(g.heights[0]*width), p)
	}
	if g.narrow {
		ADDQ(I32(g.heights[len(tiles)-1]*width), last)
	}
	ADDQ(Imm(4), at)
	DECQ(groups)
	JNZ(LabelRef(loop))
	g.by.end(vector, tiles)
	return tiles
}

// scale converts sums to floats, scales them, and adds start(tile, row).
func (g int8Group) scale(vector string, tiles [][]VecVirtual, start func(t, r int) Mem) {
	scales := g.from("Scale"+vector, "ScaleStep", len(tiles))
	step := YMM()
	VBROADCASTSS(Mem{Base: g, Disp: argOffsets["Step"+vector]}, step)
	for t, sums := range tiles {
		for r, sum := range sums {
			factor := YMM()
			VMULPS(scales.mem(t).Offset(r*width), step, factor)
			VCVTDQ2PS(sum, sum)
			VFMADD213PS(start(t, r), factor, sum)
		}
	}
}

// linearStepInt8 writes what linear writes for float weights.
func linearStepInt8(by multiplier) {
	s := newInt8Step("linearStepInt8", by, 3, 4*lanes)
	lastRows, tiles := s.arg("LastRows"), s.arg("Tiles")
	TESTQ(lastRows, lastRows)
	JNZ(LabelRef("narrow"))
	blocks(tiles, 3, func(n int) {
		next, out, unitStep := s.pointer("Next"), s.pointer("Out"), s.arg("UnitStep")
		g := s.group(fmt.Sprint("by", n), n, 4, 0)
		sums := g.sums(0)
		s.activate(g.name, sums)
		for _, sums := range sums {
			write(sums, Mem{Base: next})
			write(sums, Mem{Base: out})
			ADDQ(unitStep, next)
			ADDQ(unitStep, out)
		}
	})

	Label("narrow")
	narrow(tiles, lastRows, func(name string, n, v int) {
		sums := s.group(name, n, 4, v).sums(0)
		s.activate(name, sums)
		next, out := s.arg("Next"), s.arg("Out")
		for t, sums := range sums {
			write(sums, Mem{Base: next, Disp: t * tileBytes})
			write(sums, Mem{Base: out, Disp: t * tileBytes})
		}
	})
}

// lstmStepInt8 writes what lstmStep writes for float weights.
func lstmStepInt8(by multiplier) {
	s := newInt8Step("lstmStepInt8", by, 3, lanes)
	blocks(s.arg("Tiles"), 3, func(n int) {
		next, out, c := s.pointer("Next"), s.pointer("Out"), s.pointer("C")
		s.updateLSTM(s.group(fmt.Sprint("by", n), n, 4, 0).sums(0), next, out, c)
	})
}

// gruStepInt8 writes what gruStep writes for float weights.
func gruStepInt8(by multiplier) {
	s := newInt8Step("gruStepInt8", by, 4, lanes)
	blocks(s.arg("Tiles"), 4, func(n int) {
		next, out, at := s.pointer("Next"), s.pointer("Out"), s.pointer("At")
		sums := s.group(fmt.Sprint("by", n), n, 3, 0).sums(1)
		s.updateGRU(sums, func(t int) Mem { return s.floats.Offset(t * tileBytes) }, next, out, at)
	})
}
