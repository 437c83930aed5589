package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// snapshotName is the array of a file of states that has all that sessions carry on:
// also pools, positions and the fingerprint of the model.
const snapshotName = "snapshot"

// detectorName is the array of what a detector of anomalies carries on.
const detectorName = "detector"

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
	for n, places := range layerPlaces(s) {
		for _, a := range []stateArray{{name: fmt.Sprint("h", n), places: places}, {name: fmt.Sprint("c", n), cell: true, places: places}} {
			if a.size = len(a.of(s, places[0])); a.size > 0 {
				arrays = append(arrays, a)
			}
		}
	}
	return arrays
}

// layerPlaces returns the directions of each recurrent layer.
func layerPlaces(s *rnn.Session) (list [][]statePlace) {
	for i := range s.Model().LayerCount() {
		var places []statePlace
		for d := range 2 {
			if h, _ := s.State(i, d); h != nil {
				places = append(places, statePlace{i, d})
			}
		}
		if places != nil {
			list = append(list, places)
		}
	}
	return list
}

// jointStates returns PyTorch's arrays of all layers, h_n and of LSTMs c_n, or
// nil where the layers are too different for it.
func jointStates(s *rnn.Session) []stateArray {
	h := stateArray{name: "h_n", other: []string{"h_0", "h0", "initial_h", "Y_h"}}
	c := stateArray{name: "c_n", other: []string{"c_0", "c0", "initial_c", "Y_c"}, cell: true}
	h.places = slices.Concat(layerPlaces(s)...)
	c.places = h.places
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

// carries reports whether a session has states: of layers, or of a graph also frames
// that it keeps.
func carries(s *rnn.Session) bool {
	if s.Model().Description().Graph == nil {
		return s.Model().Description().LastRecurrent() >= 0
	}
	return len(layerPlaces(s)) > 0 || carriedNumbers(s) > 0
}

// carriedNumbers returns how many numbers a snapshot of a session has.
func carriedNumbers(s *rnn.Session) int {
	const frame = 24 + 4 // bytes of a snapshot's header and its checksum
	snapshot, err := s.MarshalBinary()
	if err != nil {
		return 0
	}
	return (len(snapshot) - frame) / 4
}

func describeStates(arrays []stateArray) string {
	if len(arrays) == 0 {
		return snapshotName
	}
	var list []string
	for _, a := range arrays {
		list = append(list, fmt.Sprintf("%s [%d, N, %d]", a.name, len(a.places), a.size))
	}
	return strings.Join(list, ", ")
}

// states returns the states from which sequences start, and those that the flags ask
// to save.
func (v *conversion) states(r *runner, layout series.Layout, stderr io.Writer) (initial *initialStates, final *finalStates, err error) {
	s := r.session
	if v.stateIn+v.stateOut != "" && !carries(s) {
		return nil, nil, cli.Usagef("--state-in and --state-out: the model has %s, and so no states",
			map[bool]string{false: "dense layers only", true: "no layer that keeps any"}[s.Model().Description().Graph != nil])
	}
	if v.stateIn != "" {
		initial, err = readStates(v.stateIn, r)
		if errors.Is(err, fs.ErrNotExist) && v.stateIn == v.stateOut {
			fmt.Fprintf(stderr, "rnnrun: %s does not exist yet: the model starts from its initial states\n", v.stateIn)
			err = nil
		}
		if err != nil {
			return nil, nil, err
		}
		if lacks := initial.lacks(s); lacks != "" {
			fmt.Fprintln(stderr, "rnnrun:", lacks)
		}
	}
	if v.stateOut != "" {
		final = newFinalStates(v.stateOut, r, layout)
	}
	return initial, final, nil
}
