package metrics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfusion(t *testing.T) {
	c := NewConfusion(3)
	// 3 of 4 targets of class 0 are found, and the other gets the answer 1. Both
	// targets of class 1 are found. Class 2 has neither targets nor answers.
	c[0][0], c[0][1], c[1][1] = 3, 1, 2
	for class, want := range []ClassScore{
		{Targets: 4, Recall: 3. / 4, Precision: 3. / 3, F1: 2 * 3. / (4 + 3)},
		{Targets: 2, Recall: 2. / 2, Precision: 2. / 3, F1: 2 * 2. / (2 + 3)},
		{},
	} {
		require.Equal(t, want, c.Score(class), "class %d", class)
	}
	require.InDelta(t, (6./7+4./5)/2, c.MacroF1(), 1e-12, "over the classes that there are")
	require.Zero(t, NewConfusion(2).MacroF1())
}

func TestImbalance(t *testing.T) {
	rarest, commonest, ratio := Confusion{{0, 0, 0}, {2, 58, 0}, {1, 0, 2}}.Imbalance()
	require.Equal(t, []int{2, 1}, []int{rarest, commonest}, "a class without targets does not count")
	require.Equal(t, 20., ratio)
	_, _, ratio = NewConfusion(3).Imbalance()
	require.Zero(t, ratio)
}
