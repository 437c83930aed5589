package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// initialStates are the states from which sequences start.
type initialStates struct {
	path   string
	arrays []stateArray
	data   [][]float32 // for each array [places][N][size]
	// snapshots [N] have the complete states of the sessions, not only those of layers. A
	// file that rnnrun did not write has none.
	snapshots [][]byte
	detectors [][]byte // the snapshots of detectors; nil: none in the file, or not needed
	n         int      // sequences
}

// readStates reads the states of a session's model.
func readStates(path string, r *runner) (*initialStates, error) {
	s := r.session
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
			return nil, fmt.Errorf("%s: the array %s is missing; this model's states are %s", path, a.name, describeStates(i.arrays))
		}
		if err := i.take(a, &file[at]); err != nil {
			return nil, err
		}
		file = slices.Delete(file, at, at+1)
	}
	if at := find(snapshotName); at >= 0 && s.Model().Streamable() {
		if i.snapshots, err = i.words(&file[at]); err != nil {
			return nil, err
		}
		file = slices.Delete(file, at, at+1)
	}
	if at := find(detectorName); at >= 0 && s.Model().Description().Anomaly != nil {
		if i.detectors, err = i.words(&file[at]); err != nil {
			return nil, err
		}
		file = slices.Delete(file, at, at+1)
	}
	if len(file) > 0 {
		return nil, fmt.Errorf("%s: the array %q is not a state of this model, whose states are %s", path, file[0].Name, describeStates(i.arrays))
	}
	if i.n < 0 {
		return nil, fmt.Errorf("%s: the array %s, which has the model's states, is missing", path, snapshotName)
	}
	return i, i.check(r)
}

// words returns the snapshots whose words are in an array of the file.
func (i *initialStates) words(from *npy.Array) (snapshots [][]byte, err error) {
	shape := from.Shape
	if len(shape) == 1 {
		shape = []int{1, shape[0]}
	}
	if i.n < 0 && len(shape) == 2 {
		i.n = shape[0]
	}
	if len(shape) != 2 || !from.DType.Integer() || shape[0] != i.n {
		return nil, fmt.Errorf("%s: the array %s is %v of %v, want [N, words] of int32 for N sequences", i.path, from.Name, from.Shape, from.DType)
	}
	for n := range i.n {
		var snapshot []byte
		for _, word := range from.Integers[n*shape[1]:][:shape[1]] {
			snapshot = binary.LittleEndian.AppendUint32(snapshot, uint32(word))
		}
		snapshots = append(snapshots, snapshot)
	}
	return snapshots, nil
}

// check checks that the snapshots belong to the session's model and agree with the other
// arrays, which somebody may have edited. It resets the runner.
func (i *initialStates) check(r *runner) error {
	s := r.session
	defer r.reset()
	if r.detector == nil {
		i.detectors = nil
	}
	for n, snapshot := range i.detectors {
		if err := r.detector.UnmarshalBinary(snapshot); err != nil {
			return fmt.Errorf("%s: sequence %d: the array %s: %w; to restart scoring, remove the array", i.path, n, detectorName, err)
		}
	}
	const advice = "to start from its other arrays anyway, remove the array " + snapshotName
	for n, snapshot := range i.snapshots {
		if err := s.UnmarshalBinary(snapshot); err != nil {
			return fmt.Errorf("%s: sequence %d: %w; %s", i.path, n, err, advice)
		}
		for k := range i.arrays {
			a := &i.arrays[k]
			for row, p := range a.places {
				if !sameBits(a.of(s, p), i.data[k][(row*i.n+n)*a.size:][:a.size]) {
					return fmt.Errorf("%s: sequence %d: the states in the arrays %s and %s differ; %s", i.path, n, a.name, snapshotName, advice)
				}
			}
		}
	}
	return nil
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// lacks describes which of a session's states are missing in the file; "": none.
func (i *initialStates) lacks(s *rnn.Session) string {
	if i == nil || len(i.snapshots) > 0 || !s.Model().Streamable() {
		return ""
	}
	if d := s.Model().Description(); d.Graph != nil {
		if layers := i.size(); layers < carriedNumbers(s) {
			return fmt.Sprintf("%s has no array %s: the layers start from its states, and all other state starts from its initial values", i.path, snapshotName)
		}
		return ""
	} else if d.Pool != format.PoolMax && d.Pool != format.PoolMean {
		return ""
	}
	return fmt.Sprintf("%s has no array %s: the layers start from its states, and the pool over the steps starts empty", i.path, snapshotName)
}

// size returns the number of numbers in the layers' states for a sequence.
func (i *initialStates) size() (n int) {
	for _, a := range i.arrays {
		n += len(a.places) * a.size
	}
	return n
}

// take records an array of the file.
func (i *initialStates) take(a *stateArray, from *npy.Array) error {
	shape := from.Shape
	if len(shape) == 2 {
		shape = []int{shape[0], 1, shape[1]} // one sequence, without the batch
	}
	if len(shape) != 3 || shape[0] != len(a.places) || shape[2] != a.size {
		return fmt.Errorf("%s: the array %s is %v, want [%d, N, %d] for N sequences", i.path, from.Name, from.Shape, len(a.places), a.size)
	}
	if i.n >= 0 && i.n != shape[1] {
		return fmt.Errorf("%s: the array %s has states for %s, but the arrays before it for %d", i.path, from.Name, message.Count(shape[1], "sequence"), i.n)
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
	return fmt.Errorf("%s: it has states for %s, but the input has %d", i.path, message.Count(i.n, "sequence"), sequences)
}

// start resets a runner for the nth sequence.
func (i *initialStates) start(r *runner, n int) error {
	r.reset()
	if i == nil {
		return nil
	}
	s := r.session
	if n >= i.n {
		return fmt.Errorf("%s: it has states for %s, but the input has more", i.path, message.Count(i.n, "sequence"))
	}
	if len(i.detectors) > 0 {
		if err := r.detector.UnmarshalBinary(i.detectors[n]); err != nil {
			return err
		}
	}
	if len(i.snapshots) > 0 {
		return s.UnmarshalBinary(i.snapshots[n])
	}
	for k := range i.arrays {
		a := &i.arrays[k]
		for row, p := range a.places {
			copy(a.of(s, p), i.data[k][(row*i.n+n)*a.size:])
		}
	}
	return nil
}
