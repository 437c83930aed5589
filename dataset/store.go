package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A SequenceStore keeps examples: in memory as long as they fit into a limit, and
// beyond it in a temporary file. Each example takes 16 more bytes of memory.
type SequenceStore struct {
	data  spill
	index []stored
}

type stored struct {
	at     int64 // where it begins in the data
	length int32
}

// NewSequenceStore returns an empty store with that many bytes of memory. Close
// it to release its file.
func NewSequenceStore(limit int64) *SequenceStore { return &SequenceStore{data: spill{limit: limit}} }

// Add adds an example.
func (s *SequenceStore) Add(q Sequence) error {
	// Five lengths and then the arrays, little-endian.
	b := make([]byte, 0, 4*(5+len(q.Source)+len(q.Tokens)+len(q.Inputs)+len(q.Classes)+len(q.Values)))
	for _, n := range []int{len(q.Source), len(q.Tokens), len(q.Inputs), len(q.Classes), len(q.Values)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	b = appendInts(b, q.Source)
	b = appendInts(b, q.Tokens)
	b = appendFloats(b, q.Inputs)
	b = appendInts(b, q.Classes)
	b = appendFloats(b, q.Values)
	s.index = append(s.index, stored{s.data.size, int32(q.length())})
	_, err := s.data.Write(b)
	return err
}

// Len returns the number of examples.
func (s *SequenceStore) Len() int { return len(s.index) }

// Length implements [Examples].
func (s *SequenceStore) Length(i int) int { return int(s.index[i].length) }

// At returns example i.
func (s *SequenceStore) At(i int) (Sequence, error) {
	end := s.data.size
	if i+1 < len(s.index) {
		end = s.index[i+1].at
	}
	b := make([]byte, end-s.index[i].at)
	if _, err := s.data.ReadAt(b, s.index[i].at); err != nil {
		return Sequence{}, fmt.Errorf("example %d: %w", i, err)
	}
	var n [5]int
	for k := range n {
		n[k] = int(binary.LittleEndian.Uint32(b[4*k:]))
	}
	b = b[4*len(n):]
	var q Sequence
	q.Source, b = takeInts(b, n[0])
	q.Tokens, b = takeInts(b, n[1])
	q.Inputs, b = takeFloats(b, n[2])
	q.Classes, b = takeInts(b, n[3])
	q.Values, _ = takeFloats(b, n[4])
	return q, nil
}

// Close releases the examples and their file.
func (s *SequenceStore) Close() error {
	s.index = nil
	return s.data.Close()
}

func appendInts(b []byte, numbers []int32) []byte {
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func appendFloats(b []byte, numbers []float32) []byte {
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// takeInts returns n numbers and the rest.
func takeInts(b []byte, n int) ([]int32, []byte) {
	if n == 0 {
		return nil, b
	}
	numbers := make([]int32, n)
	for i := range numbers {
		numbers[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return numbers, b[4*n:]
}

func takeFloats(b []byte, n int) ([]float32, []byte) {
	if n == 0 {
		return nil, b
	}
	numbers := make([]float32, n)
	for i := range numbers {
		numbers[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return numbers, b[4*n:]
}
