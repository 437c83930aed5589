package main

import (
	"encoding/binary"
	"io"
	"sync"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// finalStates are the states after the last steps of sequences. A signal handler may save
// them at any time during the run.
type finalStates struct {
	mu       sync.Mutex // held while the session's states change
	path     string
	layout   series.Layout // of the input
	session  *rnn.Session
	detector *rnn.Detector // nil without --anomaly
	begun    bool          // a sequence has begun and not ended

	arrays    []stateArray
	data      [][]float32 // for each array [N][places][size]
	snapshots []byte      // of the sessions, one after the other; nil: sessions have none
	detectors []byte      // the snapshots of detectors
	n         int         // sequences
}

func newFinalStates(path string, r *runner, layout series.Layout) *finalStates {
	s := r.session
	f := &finalStates{path: path, session: s, detector: r.detector, layout: layout, arrays: jointStates(s)}
	if f.arrays == nil {
		f.arrays = layerStates(s)
	}
	f.data = make([][]float32, len(f.arrays))
	return f
}

// change calls a function that changes the session's states.
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

// follow switches to the session of a runner, whose sequence has begun.
func (f *finalStates) follow(r *runner) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.session, f.detector, f.begun = r.session, r.detector, r.session.Model().Streamable()
}

// keep records the session's states at the end of a sequence.
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
	if b, err := f.session.AppendBinary(f.snapshots); err == nil {
		f.snapshots = b
	}
	if f.detector != nil {
		f.detectors, _ = f.detector.AppendBinary(f.detectors) // the error is always nil
	}
	f.n++
	for k := range f.arrays {
		a := &f.arrays[k]
		for _, p := range a.places {
			f.data[k] = append(f.data[k], a.of(f.session, p)...)
		}
	}
}

// save writes the states of the finished sequences and of one that has begun. A stream
// without a step leaves the file as it is. The states must not change after save.
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
	if f.snapshots != nil {
		arrays = append(arrays, f.words(snapshotName, f.snapshots, batch))
	}
	if f.detectors != nil {
		arrays = append(arrays, f.words(detectorName, f.detectors, batch))
	}
	return atomicfile.Write(path, func(w io.Writer) error { return npy.WriteArchive(w, arrays...) })
}

// words returns an array of snapshots: the 32-bit words of each sequence's snapshot.
func (f *finalStates) words(name string, snapshots []byte, batch bool) npy.Array {
	words := len(snapshots) / 4
	a := npy.Array{Name: name, DType: npy.Int32, Shape: []int{words}}
	if batch {
		a.Shape = []int{f.n, words / f.n}
	}
	for i := range words {
		a.Integers = append(a.Integers, int32(binary.LittleEndian.Uint32(snapshots[4*i:])))
	}
	return a
}
