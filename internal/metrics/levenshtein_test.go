package metrics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLevenshtein(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []int32
		want int
	}{
		{"nothing", nil, nil, 0},
		{"the same", []int32{1, 2}, []int32{1, 2}, 0},
		{"delete two", []int32{1, 2}, nil, 2},
		{"insert two", nil, []int32{1, 2}, 2},
		{"delete one", []int32{1, 2, 3}, []int32{1, 3}, 1},
		{"replace one", []int32{1, 2, 3}, []int32{1, 4, 3}, 1},
		{"insert one and replace one", []int32{1, 2, 3}, []int32{4, 1, 5, 3}, 2},
		// kitten → sitten → sittin → sitting
		{"kitten and sitting", []int32{'k', 'i', 't', 't', 'e', 'n'}, []int32{'s', 'i', 't', 't', 'i', 'n', 'g'}, 3},
	} {
		require.Equal(t, c.want, Levenshtein(c.a, c.b), c.name)
		require.Equal(t, c.want, Levenshtein(c.b, c.a), c.name)
	}
}
