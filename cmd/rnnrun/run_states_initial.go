package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// initialStates are the states from which sequences start.
type initialStates struct {
	path   string
	arrays []stateArray
	data   [][]float32 // of every array [places][N][size]
	// snapshots are of the sessions, which carry more than the states of layers: [N].
	// A file that was not written by rnnrun has none.
	snapshots [][]byte
	detectors [][]byte // the snapshots of detectors; nil: the file has none, or nobody asks
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
			return nil, fmt.Errorf("%s: it lacks the array %s; this model's states are %s", path, a.name, describeStates(i.arrays))
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
		return nil, fmt.Errorf("%s: the array %q is no state of this model, whose states are %s", path, file[0].Name, describeStates(i.arrays))
	}
	if i.n < 0 {
		return nil, fmt.Errorf("%s: it lacks the array %s, which has the model's states", path, snapshotName)
	}
	return i, i.check(r)
}

// words returns the snapshots that are the words of an array of the file.
func (i *initialStates) words(from *npy.Array) (snapshots [][]byte, err error) {
	shape := from.Shape
	if len(shape) == 1 {
		shape = []int{1, shape[0]}
	}
	if i.n < 0 && len(shape) == 2 {
		i.n = shape[0]
	}
	if len(shape) != 2 || !from.DType.Integer() || shape[0] != i.n {
		return nil, fmt.Errorf("%s: the array %s is %v of %v, where [N, words] of int32 is due for N sequences", i.path, from.Name, from.Shape, from.DType)
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

// check checks that the snapshots are of the session's model, and have the same
// states as the other arrays, which somebody may have changed. It resets the runner.
func (i *initialStates) check(r *runner) error {
	s := r.session
	defer r.reset()
	if r.detector == nil {
		i.detectors = nil
	}
	for n, snapshot := range i.detectors {
		if err := r.detector.UnmarshalBinary(snapshot); err != nil {
			return fmt.Errorf("%s: sequence %d: the array %s: %w; to begin scoring anew, leave out the array", i.path, n, detectorName, err)
		}
	}
	const advice = "to start from its other arrays all the same, leave out the array " + snapshotName
	for n, snapshot := range i.snapshots {
		if err := s.UnmarshalBinary(snapshot); err != nil {
			return fmt.Errorf("%s: sequence %d: %w; %s", i.path, n, err, advice)
		}
		for k := range i.arrays {
			a := &i.arrays[k]
			for row, p := range a.places {
				if !sameBits(a.of(s, p), i.data[k][(row*i.n+n)*a.size:][:a.size]) {
					return fmt.Errorf("%s: sequence %d: the array %s has other states than the array %s; %s", i.path, n, a.name, snapshotName, advice)
				}
			}
		}
	}
	return nil
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// lacks says what of a session's states the file does not have; "": nothing.
func (i *initialStates) lacks(s *rnn.Session) string {
	if i == nil || len(i.snapshots) > 0 || !s.Model().Streamable() {
		return ""
	}
	if d := s.Model().Description(); d.Graph != nil {
		if layers := i.size(); layers < carriedNumbers(s) {
			return fmt.Sprintf("%s has no array %s: the layers start from its states, and all else that the model keeps starts anew", i.path, snapshotName)
		}
		return ""
	} else if d.Pool != format.PoolMax && d.Pool != format.PoolMean {
		return ""
	}
	return fmt.Sprintf("%s has no array %s: the layers start from its states, and the pool over the steps starts anew", i.path, snapshotName)
}

// size returns how many numbers the states of the layers of a sequence have.
func (i *initialStates) size() (n int) {
	for _, a := range i.arrays {
		n += len(a.places) * a.size
	}
	return n
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

// start resets a runner for the nth sequence.
func (i *initialStates) start(r *runner, n int) error {
	r.reset()
	if i == nil {
		return nil
	}
	s := r.session
	if n >= i.n {
		return fmt.Errorf("%s: it has states of %d sequences, and the input has more", i.path, i.n)
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
