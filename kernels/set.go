package kernels

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
)

// EnvVar names the environment variable that chooses the kernel set of
// [Default].
const EnvVar = "RNNRUN_KERNELS"

// ErrUnknownSet and ErrUnsupported are the reasons why [ByName] fails: no set
// has that name, or this CPU cannot run it.
var (
	ErrUnknownSet  = errors.New("unknown kernel set")
	ErrUnsupported = errors.New("this CPU cannot run the kernel set")
)

// A Set is one implementation of every kernel, for one instruction set. It is
// immutable and safe for concurrent use. Take one when a model is loaded, and
// keep it.
type Set struct {
	name      string
	requires  string
	supported func() bool
	impl      functions
	workers   *workers // nil: every product is done by its caller alone
	far       bool     // see ForLayers
}

// functions are the functions that an instruction set implements; the methods
// of Set use them. Each is specified by the function of the same name in
// kernels/internal/generic.
type functions struct {
	float products[float32]
	far   steps // of float32 weights that are far: see [Set.ForLayers]
	half  products[uint16]
	int8  int8Products
	widen func(dst []float32, src []uint16)
	panel func(acc []float32, ldacc int, start []float32, ldstart int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int)
	// panelHalf has at most blockDepth columns.
	panelHalf func(acc []float32, ldacc int, start []float32, ldstart int, w []uint16, rows int, x []float32, ldx, depth, cols int)
	// panelPair and panelPairHalf are panel and panelHalf for two tiles of 24 rows, whose weights
	// stand wnext apart, their sums next and what these start with startNext; nil: the set
	// has none.
	panelPair     func(acc []float32, ldacc, next int, start []float32, ldstart, startNext int, w []float32, wnext int, x []float32, ldx, depth, cols int)
	panelPairHalf func(acc []float32, ldacc, next int, start []float32, ldstart, startNext int, w []uint16, wnext int, x []float32, ldx, depth, cols int)

	lstm func(h, c, cprev, acc []float32)
	gru  func(h, hprev, acc []float32)
	// nil: the set has none.
	lstmStreams func(h []float32, ldh int, c, acc []float32)
	gruStreams  func(out []float32, ldout int, h, nx []float32, ldnx int, acc []float32)

	lstmBackward func(dh, dc, tanhC, cprev, gates, dgates []float32)
	gruBackward  func(dh, hprev, gates, din, dstate []float32)
	adam         func(w, m, v, g []float32, s *generic.AdamStep)

	blend   func(h, z, hprev, n []float32)
	mul     func(dst, a, b []float32)
	max     func(dst, a, b []float32) // nil: generic's
	mulAdd  func(dst, a, b, c []float32)
	tanh    func(dst, src []float32)
	sigmoid func(dst, src []float32)
	exp     func(dst, src []float32)
	relu    func(dst, src []float32)
	softmax func(dst, src []float32)
}

// A weight is a number format of weights: float32 or, as uint16, binary16.
type weight interface{ float32 | uint16 }

// products are the functions that read the weights of one vector's step.
type products[W weight] struct {
	linear     func(dst, start []float32, w []W, stride int, x, h []float32, reverse bool)
	linearTail func(dst, start []float32, w []W, stride int, last []W, x, h []float32)
	lstmStep   func(next, c, start []float32, w []W, stride int, x, h []float32, reverse bool)
	gruStep    func(next, h, start []float32, w []W, stride int, x []float32, hidden int, reverse bool)

	// The steps with prepared arguments; nil: the set has none.
	lstm, gru, product func(a *generic.Args)
}

// steps are steps with prepared arguments; nil: the set has none.
type steps struct{ lstm, gru, product func(a *generic.Args) }

// int8Products are the functions of quantized vectors.
type int8Products struct {
	wantsOffset bool // whether offset is given
	quantize    func(dst []int8, src []float32, inverse float32) (nan bool)
	linear      func(dst, start []float32, w []int8, stride, rows, ntiles int, offset []int32, scale []float32, step float32, x []int8, reverse bool)

	magnitude func(x []float32) float32 // nil: generic's

	// The product of many vectors at once; nil: the set has none that is faster than
	// linear for each. panel reads what spread and quantizeSpread write, spreadBytes
	// bytes for each number. What the sums lack is each row's offset or each vector's
	// lacking.
	spreadBytes    int
	panelGains     bool // whether panel multiplies faster even if caches hold the weights
	spread         func(x, q []int8) (lacking int32)
	quantizeSpread func(x []int8, src []float32, inverse float32) (lacking int32, nan bool)
	panel          func(acc []float32, ldacc int, start []float32, ldstart int, w []int8, rows int, offset []int32, scale, step []float32, lacking []int32, x []int8, ldx, groups, cols int)

	// panelPair is panel for two tiles of 24 rows, as that of functions is; nil: the set has
	// none. The offsets and scales of the second tile follow those of the first.
	panelPair func(acc []float32, ldacc, next int, start []float32, ldstart, startNext int, w []int8, wnext int, offset []int32, scale, step []float32, x []int8, ldx, groups, cols int)

	// The steps with prepared arguments; nil: the set has none.
	lstm, gru, product func(a *generic.Args)
}

var genericInt8 = int8Products{
	quantize: generic.Quantize,
	linear:   generic.LinearInt8,
}

var genericSet = Set{
	name:      "generic",
	requires:  "nothing: pure Go",
	supported: func() bool { return true },
	impl: functions{
		float: products[float32]{
			linear:     generic.Linear[float32],
			linearTail: generic.LinearTail[float32],
			lstmStep:   generic.LSTMStep[float32],
			gruStep:    generic.GRUStep[float32],
		},
		half: products[uint16]{
			linear:     generic.Linear[uint16],
			linearTail: generic.LinearTail[uint16],
			lstmStep:   generic.LSTMStep[uint16],
			gruStep:    generic.GRUStep[uint16],
		},
		int8:      genericInt8,
		widen:     generic.Widen,
		panel:     generic.Panel,
		panelHalf: generic.PanelHalf,
		lstm:      generic.LSTM,
		gru:       generic.GRU,

		lstmStreams: generic.LSTMStreams,
		gruStreams:  generic.GRUStreams,

		lstmBackward: generic.LSTMBackward,
		gruBackward:  generic.GRUBackward,
		adam:         generic.Adam,

		blend:   generic.Blend,
		mul:     generic.Mul,
		mulAdd:  generic.MulAdd,
		tanh:    generic.Tanh,
		sigmoid: generic.Sigmoid,
		exp:     generic.Exp,
		relu:    generic.ReLU,
		softmax: generic.Softmax,
	},
}

// all returns every set built into this binary, the fastest first. A
// GOARCH adds its own in sets_GOARCH.go.
func all() []*Set { return append(archSets(), &genericSet) }

// Name returns the set's name: "generic", "avx2", …
func (s *Set) Name() string { return s.name }

// Requires describes what a CPU must offer to run the set.
func (s *Set) Requires() string { return s.requires }

// Supported reports whether this CPU can run the set.
func (s *Set) Supported() bool { return s.supported() }

// All returns the sets built into this binary, the fastest first, whether this
// CPU can run them or not.
func All() []*Set { return all() }

// Available returns the sets that this CPU can run, the fastest first. The
// last one is always "generic".
func Available() []*Set {
	var sets []*Set
	for _, s := range all() {
		if s.Supported() {
			sets = append(sets, s)
		}
	}
	return sets
}

// Best returns the fastest set that this CPU can run.
func Best() *Set { return Available()[0] }

// ByName returns the set of that name. The error wraps [ErrUnknownSet] or
// [ErrUnsupported].
func ByName(name string) (*Set, error) {
	var names []string
	for _, s := range all() {
		if s.name == name {
			if !s.Supported() {
				return nil, fmt.Errorf("%w %q, which needs %s", ErrUnsupported, name, s.requires)
			}
			return s, nil
		}
		names = append(names, s.name)
	}
	return nil, fmt.Errorf("%w %q; this build has %s", ErrUnknownSet, name, strings.Join(names, ", "))
}

// Default returns the set that the environment variable RNNRUN_KERNELS names,
// or [Best] if it is empty.
func Default() (*Set, error) {
	name := os.Getenv(EnvVar)
	if name == "" {
		return Best(), nil
	}
	s, err := ByName(name)
	if err != nil {
		return nil, fmt.Errorf("environment variable %s: %w", EnvVar, err)
	}
	return s, nil
}
