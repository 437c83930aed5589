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

// snapshotName is the array of a states file with the complete state of sessions,
// including pools, positions and the model's fingerprint.
const snapshotName = "snapshot"

// detectorName is the array with the state of anomaly detectors.
const detectorName = "detector"

// A stateArray is an array of a states file: [places, N, size].
type stateArray struct {
	name   string
	other  []string // other names that are also read
	cell   bool     // the cell states c of LSTMs, not the hidden states h
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

// layerStates returns separate arrays for each recurrent layer: h0 and c0, h1 and c1, …
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

// jointStates returns PyTorch's arrays of all layers, h_n and for LSTMs c_n, or nil if the
// layers' sizes or kinds differ.
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

// carries reports whether a session has states of layers or of a graph.
func carries(s *rnn.Session) bool {
	if s.Model().Description().Graph == nil {
		return s.Model().Description().LastRecurrent() >= 0
	}
	return len(layerPlaces(s)) > 0 || carriedNumbers(s) > 0
}

// carriedNumbers returns the number of numbers in a session's snapshot.
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

// states returns the initial and the final states for --state-in and --state-out.
func (v *conversion) states(r *runner, layout series.Layout, stderr io.Writer) (initial *initialStates, final *finalStates, err error) {
	s := r.session
	if v.stateIn+v.stateOut != "" && !carries(s) {
		return nil, nil, cli.Usagef("--state-in and --state-out: the model has no states, since it has %s",
			map[bool]string{false: "only dense layers", true: "no stateful node"}[s.Model().Description().Graph != nil])
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
