package dataset

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// In memory, in a file or half of each, a store gives what it got, and keeps no
// more memory than it may.
func TestStoreKeepsExamples(t *testing.T) {
	examples := Sequences{
		{Tokens: []int32{1, 2, 3}, Classes: []int32{0}},
		{Inputs: []float32{0.5, -1}, Values: []float32{7}},
		{Tokens: []int32{9}, Classes: []int32{Ignore}},
		{},
	}
	for _, limit := range []int64{0, 40, 1 << 20} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			s := NewSequenceStore(limit)
			defer func() { require.NoError(t, s.Close()) }()
			for round := range 2 { // reading and writing in turn
				for _, q := range examples {
					require.NoError(t, s.Add(q))
				}
				require.Equal(t, len(examples)*(round+1), s.Len())
				for i := range s.Len() {
					q, err := s.At(i)
					require.NoError(t, err)
					require.Equal(t, examples[i%len(examples)], q)
					require.Equal(t, examples.Length(i%len(examples)), s.Length(i))
				}
				requireMemory(t, &s.data, limit)
			}
		})
	}
}

func TestTokenStoreKeepsTokens(t *testing.T) {
	for _, limit := range []int64{0, 10, 1 << 20} {
		s := NewTokenStore(limit)
		require.NoError(t, s.Add([]int32{1, -2, 3}))
		require.NoError(t, s.Add([]int32{4}))
		require.Equal(t, 4, s.Len())
		tokens := make([]int32, 2)
		require.NoError(t, s.Read(tokens, 1))
		require.Equal(t, []int32{-2, 3}, tokens)
		require.Error(t, s.Read(tokens, 3))
		requireMemory(t, &s.data, limit)
		require.NoError(t, s.Close())
	}
}

// A file that cannot be read gives an error that says what was to be read.
func TestTokenStoreWhoseFileIsGone(t *testing.T) {
	s := NewTokenStore(0)
	require.NoError(t, s.Add([]int32{1, 2}))
	require.NoError(t, s.data.file.Close())
	require.ErrorContains(t, s.Read(make([]int32, 1), 1), "tokens from 1 on: ")
	s.data.file = nil
}

func requireMemory(t *testing.T, s *spill, limit int64) {
	t.Helper()
	var memory int64
	for _, b := range s.blocks {
		memory += int64(len(b))
	}
	require.LessOrEqual(t, memory, limit)
}

func TestSpillReadsAcrossBlocks(t *testing.T) {
	for _, limit := range []int64{1 << 30, blockSize + 5} {
		s := spill{limit: limit}
		var whole []byte
		for i := range 7 {
			piece := bytes.Repeat([]byte{byte(i)}, blockSize/3+i)
			whole = append(whole, piece...)
			_, err := s.Write(piece)
			require.NoError(t, err)
		}
		for _, at := range []int{0, 1, blockSize - 3, blockSize, 2*blockSize - 1, len(whole) - 9} {
			for _, n := range []int{0, 1, 9, min(blockSize+20, len(whole)-at)} {
				b := make([]byte, n)
				_, err := s.ReadAt(b, int64(at))
				require.NoError(t, err)
				require.True(t, bytes.Equal(whole[at:at+n], b), "%d bytes at %d", n, at)
			}
		}
		_, err := s.ReadAt(make([]byte, 1), int64(len(whole)))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.NoError(t, s.Close())
	}
}
