package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tileBytes is the size of a tile's sums.
const tileBytes = 32 * 4

// A weightFormat is a number format of weights.
type weightFormat struct {
	name    string
	element string // Go's type
	width   int    // bytes of a vector of them

	// four means that four inputs are loaded at once, and then shuffled for each column.
	// For float32 weights, loads limit the product more than sums do. For binary16,
	// widening the weights limits it, and shuffles would slow that down.
	four bool

	// load writes to = w, as float32.
	load func(w Mem, to VecVirtual)
	// multiply writes sum += w*x.
	multiply func(w Mem, x, sum VecVirtual)

	// far says that the third-level cache holds the weights, and not the second.
	far bool
}

const (
	// farTiles is how many tiles a step works on at once whose weights are far. Reading
	// as many streams side by side as other steps do is slower then.
	farTiles = 2
	// ahead is how many bytes ahead such a step fetches the weights of each tile.
	ahead = 1024
)

// tiles returns how many tiles a step works on at once, and how many at most: near and
// most, if the weights are not far.
func (f weightFormat) tiles(near, most int) (int, int) {
	if f.far {
		return farTiles, farTiles
	}
	return near, most
}

var float32Weights = weightFormats[0]

var weightFormats = []weightFormat{
	{"", "float32", width, true, func(w Mem, to VecVirtual) { VMOVUPS(w, to) }, func(w Mem, x, sum VecVirtual) { VFMADD231PS(w, x, sum) }, false},
	{"Half", "uint16", width / 2, false, func(w Mem, to VecVirtual) { VCVTPH2PS(w, to) }, func(w Mem, x, sum VecVirtual) {
		wide := YMM()
		VCVTPH2PS(w, wide)
		VFMADD231PS(wide, x, sum)
	}, false},
}

// weights loads a parameter that counts weights, as a count of bytes.
func (f weightFormat) weights(name string) GPVirtual {
	r := param(name)
	SHLQ(Imm(uint64(bits.TrailingZeros(uint(f.width/lanes)))), r)
	return r
}

// steps writes the kernels of a stream's step for each format of weights. Their strides
// are in bytes and may be negative; the tiles are then processed from the last to the
// first.
func steps() {
	far := float32Weights
	far.far = true
	for _, f := range append(weightFormats, far) {
		f.lstmStep()
		f.gruStep()
		f.linear()
	}
	widen()
}

// A group is the tiles that a step processes together: tiles with a fixed stride, and the
// rows of a narrow last tile.
type group struct {
	weightFormat
	name   string         // tells its labels apart
	tiles  [][]VecVirtual // the sums of full tiles, of equal height
	tail   []VecVirtual   // the sums of the last tile
	w      columns        // the weights of tiles
	last   GPVirtual      // those of tail
	height int            // vectors of a tile
}

// segment adds the products of the next k columns of the group with the vector x, and
// advances beyond those columns.
func (g *group) segment(x, k GPVirtual, name string) {
	label := func(s string) string { return fmt.Sprintf("%s_%s_%s", g.name, name, s) }
	multiply := func(x VecVirtual, i int) {
		for t, sums := range g.tiles {
			for r, sum := range sums {
				g.multiply(g.w.mem(t).Offset((i*g.height+r)*g.width), x, sum)
			}
		}
		for r, sum := range g.tail {
			g.multiply(Mem{Base: g.last, Disp: (i*len(g.tail) + r) * g.width}, x, sum)
		}
	}
	advance := func(columns int) {
		for _, p := range g.w.at {
			ADDQ(I32(columns*g.height*g.width), p)
		}
		if g.tail != nil {
			ADDQ(I32(columns*len(g.tail)*g.width), g.last)
		}
	}

	LEAQ(Mem{Base: x, Index: k, Scale: 4}, x)
	NEGQ(k)
	ADDQ(Imm(4), k)
	JGT(LabelRef(label("rest")))
	Label(label("four"))
	four := YMM()
	if g.four {
		VBROADCASTF128(Mem{Base: x, Index: k, Scale: 4, Disp: -16}, four)
	}
	for i := range 4 {
		one := YMM()
		if g.four {
			VPERMILPS(Imm(uint64(i*0b01_01_01_01)), four, one)
		} else {
			VBROADCASTSS(Mem{Base: x, Index: k, Scale: 4, Disp: 4*i - 16}, one)
		}
		g.fetch(i)
		multiply(one, i)
	}
	advance(4)
	ADDQ(Imm(4), k)
	JLE(LabelRef(label("four")))

	Label(label("rest"))
	SUBQ(Imm(4), k)
	JEQ(LabelRef(label("done")))
	Label(label("one"))
	one := YMM()
	VBROADCASTSS(Mem{Base: x, Index: k, Scale: 4}, one)
	multiply(one, 0)
	advance(1)
	INCQ(k)
	JNZ(LabelRef(label("one")))
	Label(label("done"))
}

// fetch fetches what stands ahead of the weights of the i-th of the next four columns, if
// they are far. A core that sees by itself what is read next fetches too little of it at
// a time.
func (g *group) fetch(i int) {
	if !g.far {
		return
	}
	const line = 64
	column := g.height * g.width
	for t := range g.tiles {
		for at := (i*column + line - 1) / line * line; at < (i+1)*column; at += line {
			PREFETCHT0(g.w.mem(t).Offset(ahead + at))
		}
	}
}

// fetchNext fetches what the next tiles, at w, begin with, if they are far: the third-level
// cache is busy then while the activations of these tiles are computed.
func (g *group) fetchNext(w, stride GPVirtual) {
	if !g.far {
		return
	}
	for at := 0; at < ahead; at += 64 {
		PREFETCHT0(Mem{Base: w, Disp: at})
		PREFETCHT0(Mem{Base: w, Index: stride, Scale: 1, Disp: at})
	}
}

// argOffsets are the fields of generic.Args.
var argOffsets = map[string]int{
	"Next": 0, "C": 8, "Start": 16, "UnitStep": 24, "W": 32, "Stride": 40,
	"X": 48, "Inputs": 56, "H": 64, "Hidden": 72, "Tiles": 80, "At": 88, "Out": 96,
	"Last": 104, "LastRows": 112, "Activation": 120,
	"ScaleX": 128, "ScaleH": 136, "ScaleStep": 144, "StepX": 152, "StepH": 156, "OffsetX": 160, "OffsetH": 168,
}

// stepArgs is a pointer to the arguments of a step.
type stepArgs struct{ GPVirtual }

// arg loads a field of the arguments.
func (a stepArgs) arg(name string) GPVirtual {
	r := GP64()
	MOVQ(Mem{Base: a, Disp: argOffsets[name]}, r)
	return r
}

// step begins a function whose parameter is the arguments of a step.
func (f weightFormat) step(name string) stepArgs {
	name += f.name
	if f.far {
		name += "Far"
	}
	return newStep(name)
}

func newStep(name string) stepArgs {
	TEXT(name, NOSPLIT, "func(a *byte)")
	Pragma("noescape")
	return stepArgs{param("a")}
}

// read loads rows of sums, starting at m.
func read(m Mem, sums []VecVirtual) {
	for r, sum := range sums {
		VMOVUPS(m.Offset(r*width), sum)
	}
}

// write stores rows of sums, starting at m.
func write(sums []VecVirtual, m Mem) {
	for r, sum := range sums {
		VMOVUPS(sum, m.Offset(r*width))
	}
}

// linear writes the product of full tiles of 32 rows, whose results move by
// unitStep as start does:
//
//	for t := range tiles {
//		next = activation(start + w[t*stride:]·x + …·h)
//		next, start += unitStep
//	}
//
// Where there is a narrow last tile, there are at most two full ones, and all
// of them are worked on at once: a code for each number of rows. A product whose weights
// are far has no narrow tile.
func (f weightFormat) linear() {
	a := f.step("linear")
	lastRows, tiles := a.arg("LastRows"), a.arg("Tiles")
	if !f.far {
		TESTQ(lastRows, lastRows)
		JNZ(LabelRef("narrow"))
	}
	next, out, start, w, stride, unitStep := a.arg("Next"), a.arg("Out"), a.arg("Start"), a.arg("W"), a.arg("Stride"), a.arg("UnitStep")
	atOnce, most := f.tiles(3, 3)
	blocksOrWhole(tiles, atOnce, most, func(n int) {
		g := group{weightFormat: f, name: fmt.Sprint("by", n), w: pointTo(w, stride, n), height: 4}
		for range n {
			sums := vectors(4)
			read(Mem{Base: start}, sums)
			ADDQ(unitStep, start)
			ADDQ(stride, w)
			g.tiles = append(g.tiles, sums)
		}
		g.segment(a.arg("X"), a.arg("Inputs"), "x")
		g.segment(a.arg("H"), a.arg("Hidden"), "h")
		g.fetchNext(w, stride)
		a.activate(g.name, g.tiles)
		for _, sums := range g.tiles {
			write(sums, Mem{Base: next})
			write(sums, Mem{Base: out})
			ADDQ(unitStep, next)
			ADDQ(unitStep, out)
		}
	})

	if f.far {
		return
	}
	Label("narrow")
	narrow(tiles, lastRows, func(name string, n, v int) {
		g := group{weightFormat: f, name: name, tail: vectors(v), last: a.arg("Last"), height: 4}
		start := a.arg("Start")
		if n > 0 {
			g.w = pointTo(a.arg("W"), a.arg("Stride"), n)
		}
		for t := range n {
			g.tiles = append(g.tiles, vectors(4))
			read(Mem{Base: start, Disp: t * tileBytes}, g.tiles[t])
		}
		read(Mem{Base: start, Disp: n * tileBytes}, g.tail)
		g.segment(a.arg("X"), a.arg("Inputs"), "x")
		g.segment(a.arg("H"), a.arg("Hidden"), "h")
		sums := append(g.tiles, g.tail)
		a.activate(g.name, sums)
		next, out := a.arg("Next"), a.arg("Out")
		for t, sums := range sums {
			write(sums, Mem{Base: next, Disp: t * tileBytes})
			write(sums, Mem{Base: out, Disp: t * tileBytes})
		}
	})
}

// narrow writes a block for each number n of full tiles before a narrow one with v
// vectors, and the end of the function after each block. It changes tiles.
func narrow(tiles, lastRows GPVirtual, block func(name string, n, v int)) {
	name := func(n, v int) string { return fmt.Sprintf("narrow%dx%d", n, v*lanes) }
	rows := tiles
	SHLQ(Imm(5), rows)
	ADDQ(lastRows, rows)
	for n := range 3 {
		for v := 1; v <= 3; v++ {
			CMPQ(rows, I32((4*n+v)*lanes))
			JEQ(LabelRef(name(n, v)))
		}
	}
	for n := range 3 {
		for v := 1; v <= 3; v++ {
			Label(name(n, v))
			block(name(n, v), n, v)
			VZEROUPPER()
			RET()
		}
	}
}

// activate applies the activation of a linear product to sums: 0 is the
// identity, 1 tanh and 2 ReLU.
func (a stepArgs) activate(name string, tiles [][]VecVirtual) {
	isReLU, done := name+"_relu", name+"_done"
	activation := a.arg("Activation")
	DECQ(activation)
	JLT(LabelRef(done))
	JGT(LabelRef(isReLU))
	for _, sums := range tiles {
		for _, x := range sums {
			tanh(x)
		}
	}
	JMP(LabelRef(done))
	Label(isReLU)
	for _, sums := range tiles {
		relu(sums...)
	}
	Label(done)
}

// lstmStep writes the step of an LSTM. next, c and start move by unitStep,
// unitStep and 4*unitStep from tile to tile.
func (f weightFormat) lstmStep() {
	a := f.step("lstmStep")
	next, out, c, start, w, stride := a.arg("Next"), a.arg("Out"), a.arg("C"), a.arg("Start"), a.arg("W"), a.arg("Stride")
	atOnce, most := f.tiles(3, 3)
	blocksOrWhole(a.arg("Tiles"), atOnce, most, func(n int) {
		accStep := a.arg("UnitStep")
		SHLQ(Imm(2), accStep)
		g := group{weightFormat: f, name: fmt.Sprint("by", n), w: pointTo(w, stride, n), height: 4}
		for range n {
			sums := vectors(4)
			read(Mem{Base: start}, sums)
			ADDQ(accStep, start)
			ADDQ(stride, w)
			g.tiles = append(g.tiles, sums)
		}
		g.segment(a.arg("X"), a.arg("Inputs"), "x")
		g.segment(a.arg("H"), a.arg("Hidden"), "h")
		g.fetchNext(w, stride)
		a.updateLSTM(g.tiles, next, out, c)
	})
}

// updateLSTM writes the new states, computed from the sums of tiles, and advances.
func (a stepArgs) updateLSTM(tiles [][]VecVirtual, next, out, c GPVirtual) {
	n := len(tiles)
	unitStep := a.arg("UnitStep")
	states := pointTo(c, unitStep, n)
	// The output gate is computed last, because it is needed last.
	for t, ifgo := range tiles {
		i, f, g := ifgo[0], ifgo[1], ifgo[2]
		if n == 1 {
			gates([]VecVirtual{g}, []VecVirtual{i, f})
		} else {
			sigmoid(i)
			tanh(g)
			sigmoid(f)
		}
		VMULPS(g, i, i)
		VFMADD231PS(states.mem(t), f, i)
		VMOVUPS(i, states.mem(t))
	}
	for _, ifgo := range tiles {
		h, o := ifgo[0], ifgo[3]
		gates([]VecVirtual{h}, []VecVirtual{o})
		VMULPS(o, h, h)
		VMOVUPS(h, Mem{Base: next})
		VMOVUPS(h, Mem{Base: out})
		ADDQ(unitStep, next)
		ADDQ(unitStep, out)
		ADDQ(unitStep, c)
	}
}

// gruStep writes the step of a GRU. From tile to tile, next, h and start advance by
// unitStep, unitStep and 4*unitStep. at is h of the first tile.
//
// Four tiles use a core better than three. But if the weights are not in the first-level
// cache, reading that many streams of weights at once is slower. Therefore four tiles are
// processed together only if there are no more.
func (f weightFormat) gruStep() {
	a := f.step("gruStep")
	next, out, at, start, w, stride := a.arg("Next"), a.arg("Out"), a.arg("At"), a.arg("Start"), a.arg("W"), a.arg("Stride")
	news := AllocLocal(4 * width)
	atOnce, most := f.tiles(3, 4)
	blocksOrWhole(a.arg("Tiles"), atOnce, most, func(n int) {
		accStep := a.arg("UnitStep")
		SHLQ(Imm(2), accStep)
		g := group{weightFormat: f, name: fmt.Sprint("by", n), w: pointTo(w, stride, n), height: 3}
		starts := pointTo(start, accStep, n)
		for t := range n {
			nrz := vectors(3)
			read(starts.mem(t), nrz)
			ADDQ(stride, w)
			g.tiles = append(g.tiles, nrz)
		}
		g.segment(a.arg("X"), a.arg("Inputs"), "x")
		for t, nrz := range g.tiles {
			VMOVUPS(nrz[0], news.Offset(t*width))
			read(starts.mem(t).Offset(3*width), nrz[:1])
			g.tiles[t] = []VecVirtual{nrz[1], nrz[2], nrz[0]}
		}
		g.segment(a.arg("H"), a.arg("Hidden"), "h")
		g.fetchNext(w, stride)
		accStep = a.arg("UnitStep")
		SHLQ(Imm(2), accStep)
		for range n {
			ADDQ(accStep, start)
		}

		a.updateGRU(g.tiles, func(t int) Mem { return news.Offset(t * width) }, next, out, at)
	})
}

// updateGRU writes the new states from the sums r z nh of tiles, and nx of tile
// t at news(t), and moves on.
func (a stepArgs) updateGRU(tiles [][]VecVirtual, news func(t int) Mem, next, out, at GPVirtual) {
	unitStep := a.arg("UnitStep")
	for t, rzn := range tiles {
		r, z, n := rzn[0], rzn[1], rzn[2]
		sigmoid(r)
		VFMADD213PS(news(t), r, n)
		sigmoid(z)
	}
	for _, rzn := range tiles {
		h, z, n := rzn[0], rzn[1], rzn[2]
		tanh(n)
		VMOVUPS(Mem{Base: at}, h)
		blend(z, h, n)
		VMOVUPS(z, Mem{Base: next})
		VMOVUPS(z, Mem{Base: out})
		ADDQ(unitStep, next)
		ADDQ(unitStep, out)
		ADDQ(unitStep, at)
	}
}

// widen writes the exact conversion of n binary16 numbers; n is a multiple of 8, and at
// least 8.
func widen() {
	TEXT("widen", NOSPLIT, "func(dst *float32, src *uint16, n int)")
	Pragma("noescape")
	dst, src, n, x := param("dst"), param("src"), param("n"), YMM()
	Label("loop")
	VCVTPH2PS(Mem{Base: src}, x)
	VMOVUPS(x, Mem{Base: dst})
	ADDQ(Imm(width/2), src)
	ADDQ(Imm(width), dst)
	SUBQ(Imm(lanes), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
