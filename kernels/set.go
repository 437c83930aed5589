package kernels

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"rnnrun/kernels/internal/generic"
)

// EnvVar names the environment variable that chooses the kernel set of
// [Default].
const EnvVar = "RNNRUN_KERNELS"

// ErrUnknownSet and ErrUnsupported are the reasons why a set cannot be had by
// name: no set has that name, or this CPU cannot run it.
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
}

// functions are what an instruction set implements; the methods of Set are
// made of them. Each is specified by the function of the same name in
// kernels/internal/generic.
type functions struct {
	panel   func(acc []float32, ldacc int, w []float32, ldw, rows int, x []float32, ldx, incx, depth, cols int)
	tiles   func(acc []float32, w []float32, tileStride, ntiles, rows int, x []float32, depth int)
	lstm    func(h, c, cprev, acc []float32)
	gru     func(h, hprev, acc []float32)
	blend   func(h, z, hprev, n []float32)
	mul     func(dst, a, b []float32)
	tanh    func(dst, src []float32)
	sigmoid func(dst, src []float32)
	exp     func(dst, src []float32)
	relu    func(dst, src []float32)
	softmax func(dst, src []float32)
}

var genericSet = Set{
	name:      "generic",
	requires:  "nothing: pure Go",
	supported: func() bool { return true },
	impl: functions{
		panel:   generic.Panel,
		tiles:   generic.Tiles,
		lstm:    generic.LSTM,
		gru:     generic.GRU,
		blend:   generic.Blend,
		mul:     generic.Mul,
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

// Requires says in words what a CPU must offer to run the set.
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
// or [Best] where it is empty.
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
