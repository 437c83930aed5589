package format_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

const randomGraphs = 400

// eachRandomGraph calls do with random graphs, and what is random beside them.
func eachRandomGraph(t *testing.T, do func(r *rand.Rand, m *format.Model, data []byte)) {
	n := uint64(randomGraphs)
	if testing.Short() {
		n /= 8
	}
	for seed := range n {
		m := modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 1)))
		data, err := m.Append(nil)
		require.NoError(t, err)
		do(rand.New(rand.NewPCG(seed, 2)), m, data)
	}
}

func TestRandomGraphsAreReadAsTheyWereWritten(t *testing.T) {
	eachRandomGraph(t, func(_ *rand.Rand, m *format.Model, data []byte) {
		got, err := format.Read(data)
		require.NoError(t, err)
		require.Equal(t, m, got)
		again, err := got.Append(nil)
		require.NoError(t, err)
		require.Equal(t, data, again)

		odd := append([]byte{0}, data...)[1:]
		got, err = format.Read(odd)
		require.NoError(t, err)
		require.Equal(t, m, got)
	})
}

func TestRandomGraphsInEveryFormat(t *testing.T) {
	eachRandomGraph(t, func(_ *rand.Rand, m *format.Model, _ []byte) {
		for _, d := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
			c, err := m.Convert(d)
			require.NoError(t, err)
			require.Equal(t, m.Parameters(), c.Parameters())
			require.Equal(t, m.OutputSize(), c.OutputSize())
			again, err := c.Convert(d)
			require.NoError(t, err)
			require.Equal(t, c, again)
		}
	})
}

// Damage is refused. Who sets the checksums right gets a typed error, or another valid
// model.
func TestRandomGraphsWithDamage(t *testing.T) {
	eachRandomGraph(t, func(r *rand.Rand, _ *format.Model, data []byte) {
		for range 40 {
			bad := bytes.Clone(data)
			for range 1 + r.IntN(3) {
				bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
			}
			if !bytes.Equal(bad, data) {
				requireError(t, bad)
			}
			hostile.Repair(bad)
			if m, err := format.Read(bad); err != nil {
				requireError(t, bad)
			} else {
				again, err := m.Append(nil)
				require.NoError(t, err)
				require.Equal(t, bad, again)
			}
			requireError(t, data[:r.IntN(len(data))])
		}
	})
}

func requireError(t *testing.T, data []byte) {
	t.Helper()
	_, err := format.Read(data)
	var e *format.Error
	require.ErrorAs(t, err, &e)
}
