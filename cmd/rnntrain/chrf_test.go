package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChrF(t *testing.T) {
	for _, c := range []struct {
		name       string
		hypothesis string
		references []string
		want       float64
	}{
		{"the same", "저리 가.", []string{"저리 가."}, 100},
		{"white space does not count", "a bc", []string{"ab c"}, 100},
		{"nothing in common", "abc", []string{"xyz"}, 0},
		{"nothing written", "", []string{"xyz"}, 0},
		{"the best reference counts", "abc", []string{"xyz", "abc"}, 100},
		// 1-grams: 2 of 2 and 2 of 3; 2-grams: 1 of 1 and 1 of 2; no 3-grams of
		// the hypothesis. Precision 1, recall 7/12: 5·(7/12)/(4+7/12).
		{"too short", "ab", []string{"abc"}, 100 * 5 * (7. / 12) / (4 + 7./12)},
		// 1-grams: 2 of 3 and 2 of 2; 2-grams: 1 of 2 and 1 of 1.
		{"too long", "abb", []string{"ab"}, 100 * 5 * (7. / 12) / (4*7./12 + 1)},
	} {
		var f chrf
		f.add(c.hypothesis, c.references)
		require.InDelta(t, c.want, f.score(), 1e-9, c.name)
	}
	var f chrf // over all texts: 4 of 5, and 4 of 5 characters
	f.add("ab", []string{"ab"})
	f.add("abx", []string{"aby"})
	require.Equal(t, overlap{5, 5, 4}, f.n[0])
	require.Equal(t, overlap{3, 3, 2}, f.n[1])
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b []int32
		want int
	}{
		{nil, nil, 0},
		{[]int32{1, 2}, nil, 2},
		{nil, []int32{1, 2}, 2},
		{[]int32{1, 2, 3}, []int32{1, 3}, 1},
		{[]int32{1, 2, 3}, []int32{4, 1, 5, 3}, 2},
	} {
		require.Equal(t, c.want, distance(c.a, c.b))
	}
}
