package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A stateArray is an array of a file of states: [places, N, size].
type stateArray struct {
	name   string
	other  []string // further names under which it is read
	cell   bool     // the cell states c of LSTMs, not the states h
	size   int
	places []statePlace
}

// A statePlace is a direction of a layer.
type statePlace struct{ layer, direction int }

// of returns the states of a place in a session.
func (a *stateArray) of(s *rnn.Session, p statePlace) []float32 {
	h, c := s.State(p.layer, p.direction)
	if a.cell {
		return c
	}
	return h
}

// layerStates returns the arrays of each recurrent layer for itself: h0 and c0,
// h1 and c1, …
func layerStates(s *rnn.Session) []stateArray {
	var arrays []stateArray
	n := 0
	for i, l := range s.Model().Description().Layers {
		if !l.Cell.Recurrent() {
			continue
		}
		h, c := stateArray{name: fmt.Sprint("h", n)}, stateArray{name: fmt.Sprint("c", n), cell: true}
		n++
		for d := range l.Directions {
			h.places = append(h.places, statePlace{i, d})
		}
		c.places = h.places
		for _, a := range []stateArray{h, c} {
			if a.size = len(a.of(s, statePlace{i, 0})); a.size > 0 {
				arrays = append(arrays, a)
			}
		}
	}
	return arrays
}

// jointStates returns PyTorch's arrays of all layers, h_n and of LSTMs c_n, or
// nil where the layers are too different for it.
func jointStates(s *rnn.Session) []stateArray {
	h := stateArray{name: "h_n", other: []string{"h_0", "h0", "initial_h", "Y_h"}}
	c := stateArray{name: "c_n", other: []string{"c_0", "c0", "initial_c", "Y_c"}, cell: true}
	for i, l := range s.Model().Description().Layers {
		if !l.Cell.Recurrent() {
			continue
		}
		for d := range l.Directions {
			p := statePlace{i, d}
			h.places, c.places = append(h.places, p), append(c.places, p)
		}
	}
	if len(h.places) == 0 {
		return nil
	}
	var arrays []stateArray
	for _, a := range []stateArray{h, c} {
		a.size = len(a.of(s, a.places[0]))
		for _, p := range a.places {
			if len(a.of(s, p)) != a.size {
				return nil
			}
		}
		if a.size > 0 {
			arrays = append(arrays, a)
		}
	}
	return arrays
}

// initialStates are the states from which sequences start.
type initialStates struct {
	path   string
	arrays []stateArray
	data   [][]float32 // of every array [places][N][size]
	n      int         // sequences
}

// readStates reads the states of a session's model.
func readStates(path string, s *rnn.Session) (*initialStates, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := npy.ReadArchive(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	find := func(names ...string) int {
		return slices.IndexFunc(file, func(a npy.Array) bool { return slices.Contains(names, a.Name) })
	}
	i := &initialStates{path: path, n: -1, arrays: jointStates(s)}
	if i.arrays == nil || find("h1") >= 0 {
		i.arrays = layerStates(s)
	}
	for k := range i.arrays {
		a := &i.arrays[k]
		at := find(append(a.other, a.name)...)
		if at < 0 {
			return nil, fmt.Errorf("%s: it lacks the array %s; this model's states are %s", path, a.name, describeStates(i.arrays))
		}
		if err := i.take(a, &file[at]); err != nil {
			return nil, err
		}
		file = slices.Delete(file, at, at+1)
	}
	if len(file) > 0 {
		return nil, fmt.Errorf("%s: the array %q is no state of this model, whose states are %s", path, file[0].Name, describeStates(i.arrays))
	}
	return i, nil
}

// take keeps an array of the file.
func (i *initialStates) take(a *stateArray, from *npy.Array) error {
	shape := from.Shape
	if len(shape) == 2 {
		shape = []int{shape[0], 1, shape[1]} // one sequence, without the batch
	}
	if len(shape) != 3 || shape[0] != len(a.places) || shape[2] != a.size {
		return fmt.Errorf("%s: the array %s is %v, where [%d, N, %d] is due for N sequences", i.path, from.Name, from.Shape, len(a.places), a.size)
	}
	if i.n >= 0 && i.n != shape[1] {
		return fmt.Errorf("%s: the array %s has states of %d sequences, and those before it of %d", i.path, from.Name, shape[1], i.n)
	}
	i.n = shape[1]
	i.data = append(i.data, from.Numbers())
	return nil
}

// count checks that there are states for that many sequences.
func (i *initialStates) count(sequences int) error {
	if i == nil || sequences == i.n {
		return nil
	}
	return fmt.Errorf("%s: it has states of %d sequences, and the input has %d", i.path, i.n, sequences)
}

// start resets a session for the nth sequence.
func (i *initialStates) start(s *rnn.Session, n int) error {
	s.Reset()
	if i == nil {
		return nil
	}
	if n >= i.n {
		return fmt.Errorf("%s: it has states of %d sequences, and the input has more", i.path, i.n)
	}
	for k := range i.arrays {
		a := &i.arrays[k]
		for row, p := range a.places {
			copy(a.of(s, p), i.data[k][(row*i.n+n)*a.size:])
		}
	}
	return nil
}

// finalStates are the states in which sequences end. They may be saved at any time
// beside the run, as a signal asks for it.
type finalStates struct {
	mu      sync.Mutex // held while the session's states change
	path    string
	layout  series.Layout // of the input
	session *rnn.Session
	begun   bool // the session's states are those of a sequence that has not ended

	arrays []stateArray
	data   [][]float32 // of every array [N][places][size]
	n      int         // sequences
}

func newFinalStates(path string, s *rnn.Session, layout series.Layout) *finalStates {
	f := &finalStates{path: path, session: s, layout: layout, arrays: jointStates(s)}
	if f.arrays == nil {
		f.arrays = layerStates(s)
	}
	f.data = make([][]float32, len(f.arrays))
	return f
}

// change calls what changes the session's states.
func (f *finalStates) change(change func() error) error {
	if f == nil {
		return change()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	err := change()
	f.begun = f.session.Model().Streamable()
	return err
}

// keep takes in the session's states at a sequence's end.
func (f *finalStates) keep() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.take()
}

func (f *finalStates) take() {
	f.begun = false
	f.n++
	for k := range f.arrays {
		a := &f.arrays[k]
		for _, p := range a.places {
			f.data[k] = append(f.data[k], a.of(f.session, p)...)
		}
	}
}

// save writes the states of the sequences so far, and of one that has begun. A
// stream without a step leaves the file as it is. The states do not change any more
// after it.
func (f *finalStates) save() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	if f.begun {
		f.take()
	}
	if f.n == 0 && f.layout.Sequences < 0 {
		return nil
	}
	return f.write(f.path, f.layout.Batch && (f.layout.Sequences >= 0 || f.n != 1))
}

// write writes the file: with a dimension for the sequences if batch is set.
func (f *finalStates) write(path string, batch bool) error {
	arrays := make([]npy.Array, len(f.arrays))
	for k := range f.arrays {
		a := &f.arrays[k]
		array := npy.Array{Name: a.name, DType: npy.Float32, Shape: []int{len(a.places), f.n, a.size}}
		if !batch {
			array.Shape = []int{len(a.places), a.size}
		}
		for row := range a.places {
			for n := range f.n {
				array.Floats = append(array.Floats, f.data[k][(n*len(a.places)+row)*a.size:][:a.size]...)
			}
		}
		arrays[k] = array
	}
	return atomicfile.Write(path, func(w io.Writer) error { return npy.WriteArchive(w, arrays...) })
}

func describeStates(arrays []stateArray) string {
	var list []string
	for _, a := range arrays {
		list = append(list, fmt.Sprintf("%s [%d, N, %d]", a.name, len(a.places), a.size))
	}
	return strings.Join(list, ", ")
}
