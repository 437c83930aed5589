package runtime_test

import (
	"encoding"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

var _ interface {
	encoding.BinaryAppender
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
} = (*rnn.Detector)(nil)

// wave returns step i of a stream, and the prediction after it.
func wave(i int) (x, y []float32) {
	v := float32(math.Sin(float64(i)))
	return []float32{v, 2 * v}, []float32{1 - v, v, 0}
}

// scored scores the steps of a stream.
func scored(d *rnn.Detector, from, to int) (scores []float32) {
	for i := from; i < to; i++ {
		scores = append(scores, d.Score(wave(i)))
	}
	return scores
}

func TestADetectorGoesOnFromItsSnapshot(t *testing.T) {
	m := load(t, watcher(0.5, 2))
	for _, steps := range []int{0, 1, 2, 30} {
		first, err := m.NewDetector()
		require.NoError(t, err)
		scored(first, 0, steps)
		b, err := first.AppendBinary([]byte("before"))
		require.NoError(t, err)
		require.Equal(t, "before", string(b[:6]))
		second, err := m.NewDetector()
		require.NoError(t, err)
		scored(second, 5, 9)
		require.NoError(t, second.UnmarshalBinary(b[6:]))
		require.Equal(t, bits(scored(first, steps, 40)), bits(scored(second, steps, 40)), "after %d steps", steps)
	}
	d, err := m.NewDetector()
	require.NoError(t, err)
	b, err := d.MarshalBinary()
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(3, func() { b, err = d.AppendBinary(b[:0]) }))
	require.Zero(t, testing.AllocsPerRun(3, func() { err = d.UnmarshalBinary(b) }))
}

func TestDetectorSnapshotsRefused(t *testing.T) {
	m := load(t, watcher(0.5, 2))
	d, err := m.NewDetector()
	require.NoError(t, err)
	scored(d, 0, 5)
	good, err := d.MarshalBinary()
	require.NoError(t, err)
	session, err := m.NewSession().MarshalBinary()
	require.NoError(t, err)
	changed := func(change func([]byte) []byte) []byte {
		return signed(change(append([]byte(nil), good[:len(good)-4]...)))
	}
	others := map[string]*rnn.Detector{}
	for name, other := range map[string][2]float32{"another weight": {0.25, 2}, "another threshold": {0.5, 3}} {
		o, err := load(t, watcher(other[0], other[1])).NewDetector()
		require.NoError(t, err)
		others[name] = o
	}
	for _, c := range []struct {
		name   string
		d      *rnn.Detector
		b      []byte
		reason string
	}{
		{"nothing", d, nil, "0 bytes"},
		{"cut short", d, good[:len(good)-1], "damaged"},
		{"of a session", d, session, "not a snapshot of a detector"},
		{"of a later version", d, changed(func(b []byte) []byte { b[4]++; return b }), "version 2"},
		{"longer", d, changed(func(b []byte) []byte { return append(b, 0, 0, 0, 0) }), "bytes, want"},
		{"another weight", others["another weight"], good, "of another model"},
		{"another threshold", others["another threshold"], good, "of another model"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, err := c.d.MarshalBinary()
			require.NoError(t, err)
			err = c.d.UnmarshalBinary(c.b)
			require.ErrorIs(t, err, rnn.ErrSnapshot)
			require.ErrorContains(t, err, c.reason)
			after, err := c.d.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, before, after, "it is as it was")
		})
	}
}
