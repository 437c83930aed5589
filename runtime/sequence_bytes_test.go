package runtime

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// TestSequencesBeyondAllAddresses tests sequences whose sizes do not fit an
// int, as may happen for a small file on 32 bits.
func TestSequencesBeyondAllAddresses(t *testing.T) {
	for _, both := range []bool{false, true} {
		s := modeltest.Spec{
			Cell: format.CellGRU, Variant: format.VariantResetAfter, Hidden: 4, Bidirectional: both, Tokens: 3, Outputs: 9,
		}
		m, err := New(s.Model())
		require.NoError(t, err)
		require.Zero(t, m.SequenceBytes(0))
		session := m.NewSession()
		for _, steps := range []int{math.MaxInt, math.MaxInt / 9, math.MaxInt/36 + 1} {
			require.Equal(t, math.MaxInt, m.SequenceBytes(steps), "%d steps", steps)
			_, err := session.run(nil, nil, steps)
			require.ErrorIs(t, err, ErrSequenceLength)
		}
		require.Less(t, m.SequenceBytes(math.MaxInt/1000), math.MaxInt)
		require.Zero(t, session.StepCount())
	}
}

func TestTimesAndPlusStopAtTheGreatestInt(t *testing.T) {
	const most = math.MaxInt
	for _, c := range [][3]int{{0, most, 0}, {1, most, most}, {2, most/2 + 1, most}, {most, most, most}, {2, most / 2, most - 1}} {
		require.Equal(t, c[2], times(c[0], c[1]))
		require.Equal(t, c[2], times(c[1], c[0]))
	}
	require.Equal(t, most, plus(most, 1))
	require.Equal(t, most, plus(most-1, 1))
	require.Equal(t, most-1, plus(most-2, 1))
}
