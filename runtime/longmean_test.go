package runtime_test

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// signed returns the body of a snapshot with its checksum.
func signed(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// afterSteps returns a snapshot of a session after n steps whose pool has the
// sum n.
func afterSteps(t *testing.T, s modeltest.Spec, n uint64) []byte {
	t.Helper()
	session := model(t, s).NewSession()
	_, err := inputOf(s, 3).run(session)
	require.NoError(t, err)
	b, err := session.MarshalBinary()
	require.NoError(t, err)
	b = b[:len(b)-4]
	binary.LittleEndian.PutUint64(b[16:], n)
	for sum := b[len(b)-4*s.Features():]; len(sum) > 0; sum = sum[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(sum))
		binary.LittleEndian.PutUint32(sum, math.Float32bits(v/3*float32(n)))
	}
	return signed(b)
}

// TestAMeanGoesOnBeyondItsPlainSum reads steps before and after the one from
// which the sum of a mean is compensated.
func TestAMeanGoesOnBeyondItsPlainSum(t *testing.T) {
	t.Parallel()
	const before, steps = 1<<16 - 5, 40
	for _, s := range shapes() {
		if s.Pool != format.PoolMean || !streams(s) {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			start, in := afterSteps(t, s, before), inputOf(s, steps)
			resume := func(b []byte, opts ...rnn.Option) *rnn.Session {
				session := model(t, s, opts...).NewSession()
				require.NoError(t, session.UnmarshalBinary(b))
				return session
			}
			whole := resume(start)
			want, err := in.run(whole)
			require.NoError(t, err)
			want = append([]float32(nil), want...)
			end, err := whole.MarshalBinary()
			require.NoError(t, err)

			for set, opt := range kernelSets() {
				stepped, parted := resume(start, opt), resume(start, opt)
				var y []float32
				for i := range steps {
					y, err = in.part(s, i, 1).step(stepped)
					require.NoError(t, err)
				}
				require.Equal(t, bits(want), bits(y), "step by step on %s", set)
				for from, n := 0, 0; from < steps; from += n {
					n = min(1+from, steps-from)
					b, err := parted.MarshalBinary()
					require.NoError(t, err)
					parted = resume(b, opt)
					y, err = in.part(s, from, n).run(parted)
					require.NoError(t, err)
				}
				require.Equal(t, bits(want), bits(y), "with snapshots between on %s", set)
				for _, session := range []*rnn.Session{stepped, parted} {
					b, err := session.MarshalBinary()
					require.NoError(t, err)
					require.Equal(t, end, b)
				}
			}
		})
	}
}

// TestSnapshotsOfALongMeanThatKnowOnlyItsSum reads snapshots of earlier
// versions.
func TestSnapshotsOfALongMeanThatKnowOnlyItsSum(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Hidden: 5, Pool: format.PoolMean}
	old := afterSteps(t, s, 1<<20)
	session := model(t, s).NewSession()
	_, err := inputOf(s, 9).run(session)
	require.NoError(t, err)
	require.NoError(t, session.UnmarshalBinary(old))
	require.EqualValues(t, 1<<20, session.StepCount())
	now, err := session.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, old[:len(old)-4], now[:len(old)-4])
	require.Equal(t, signed(append(old[:len(old)-4:len(old)-4], make([]byte, 4*s.Features())...)), now)

	short := signed(old[: len(old)-8 : len(old)-8])
	require.ErrorContains(t, session.UnmarshalBinary(short), "bytes, want")
	binary.LittleEndian.PutUint64(now[16:], 1<<16)
	require.ErrorContains(t, session.UnmarshalBinary(signed(now[:len(now)-4])), "bytes, want", "a plain sum lacks nothing")
}

func TestFiniteLooksAtAPool(t *testing.T) {
	s := modeltest.Spec{
		Cell: format.CellRNN, Variant: format.VariantReLU, Input: 1, Hidden: 4, Pool: format.PoolMean, Above: 2,
	}
	session := model(t, s).NewSession()
	_, err := session.Step([]float32{float32(math.NaN())})
	require.NoError(t, err)
	require.False(t, session.Finite())
	h, _ := session.State(0, 0)
	clear(h)
	require.False(t, session.Finite(), "the pool's sum is NaN")
	session.Reset()
	require.True(t, session.Finite())
}
