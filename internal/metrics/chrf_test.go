package metrics

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
		var f ChrF
		f.Add(c.hypothesis, c.references)
		require.InDelta(t, c.want, f.Score(), 1e-9, c.name)
	}
	var f ChrF // over all texts: 4 of 5, and 4 of 5 characters
	f.Add("ab", []string{"ab"})
	f.Add("abx", []string{"aby"})
	require.Equal(t, ngramCounts{5, 5, 4}, f.orders[0])
	require.Equal(t, ngramCounts{3, 3, 2}, f.orders[1])
}
