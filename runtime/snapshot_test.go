package runtime_test

import (
	"encoding"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

var _ interface {
	encoding.BinaryAppender
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
} = (*rnn.Session)(nil)

func TestASnapshotGoesOnWithTheSameBits(t *testing.T) {
	for _, s := range shapes() {
		if !streams(s) {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			first := model(t, s).NewSession()
			for _, steps := range []int{0, 1, 20} {
				if steps > 0 {
					_, err := inputOf(s, steps).run(first)
					require.NoError(t, err)
				}
				b, err := first.AppendBinary([]byte("before"))
				require.NoError(t, err)
				require.Equal(t, "before", string(b[:6]))

				// Another kernel set, and a session that has seen other steps.
				second := model(t, s, rnn.WithKernels("generic")).NewSession()
				_, err = inputOf(s, 3).run(second)
				require.NoError(t, err)
				require.NoError(t, second.UnmarshalBinary(b[6:]))
				require.Equal(t, position(first), position(second))
				require.Equal(t, first.StepCount(), second.StepCount())

				in := inputOf(s, 5)
				want, err := in.run(first)
				require.NoError(t, err)
				got, err := in.run(second)
				require.NoError(t, err)
				require.Equal(t, bits(want), bits(got))
			}
			b, err := first.MarshalBinary()
			require.NoError(t, err)
			second := model(t, s).NewSession()
			require.Zero(t, testing.AllocsPerRun(3, func() { b, err = first.AppendBinary(b[:0]) }))
			require.NoError(t, err)
			require.Zero(t, testing.AllocsPerRun(3, func() { err = second.UnmarshalBinary(b) }))
			require.NoError(t, err)
			require.Equal(t, position(first), position(second))
		})
	}
}

func TestSnapshotsRefused(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 3, Seed: 1}
	session := model(t, s).NewSession()
	_, err := session.Run(s.Inputs(4, 1))
	require.NoError(t, err)
	b, err := session.AppendBinary(nil)
	require.NoError(t, err)

	resume := func(s modeltest.Spec, b []byte) error {
		session := model(t, s).NewSession()
		_, err := inputOf(s, 2).run(session)
		require.NoError(t, err)
		before := position(session)
		err = session.UnmarshalBinary(b)
		require.Equal(t, before, position(session), "the state is untouched")
		var refused *rnn.SnapshotError
		require.ErrorAs(t, err, &refused)
		require.ErrorIs(t, err, rnn.ErrSnapshot)
		return err
	}
	for i := range b {
		require.Error(t, resume(s, b[:i]), "cut to %d bytes", i)
		for bit := range 8 {
			damaged := append([]byte(nil), b...)
			damaged[i] ^= 1 << bit
			require.Error(t, resume(s, damaged), "bit %d of byte %d", bit, i)
		}
	}
	require.Error(t, resume(s, append(b[:len(b):len(b)], 0)))

	other := s
	other.Seed = 2
	require.ErrorContains(t, resume(other, b), "of another model")

	changed := func(change func([]byte) []byte) []byte {
		return signed(change(append([]byte(nil), b[:len(b)-4]...)))
	}
	later := changed(func(b []byte) []byte { b[4] = 2; return b })
	require.ErrorContains(t, resume(s, later), "version 2")
	longer := changed(func(b []byte) []byte { return append(b, 0, 0, 0, 0) })
	require.ErrorContains(t, resume(s, longer), "bytes, want")
}

func TestEveryNumberOfAModelCountsForItsFingerprint(t *testing.T) {
	s := modeltest.Spec{
		Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 8, Layers: 2,
		Outputs: 8, InitialState: true, Normalized: true,
	}
	session := model(t, s).NewSession()
	b, err := session.AppendBinary(nil)
	require.NoError(t, err)
	d := s.Model()
	w := &d.Layers[1].Directions[0]
	for name, numbers := range map[string][]float32{
		"gates": w.Gates.Data, "bias": w.Bias, "h0": w.H0, "c0": w.C0, "head": d.Head.Weight.Data, "head's bias": d.Head.Bias,
		"mean": d.Normalization.Mean, "scale": d.Normalization.Scale,
		"output mean": d.Normalization.OutputMean, "output scale": d.Normalization.OutputScale,
	} {
		kept := numbers[len(numbers)-1]
		numbers[len(numbers)-1] += 0.5
		m, err := rnn.New(d)
		require.NoError(t, err)
		require.ErrorContains(t, m.NewSession().UnmarshalBinary(b), "of another model", name)
		numbers[len(numbers)-1] = kept
	}
	m, err := rnn.New(d)
	require.NoError(t, err)
	require.NoError(t, m.NewSession().UnmarshalBinary(b))
}

func FuzzUnmarshalBinary(f *testing.F) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 1, Hidden: 3, Pool: format.PoolMean}
	session := model(f, s).NewSession()
	b, err := session.AppendBinary(nil)
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		before := position(session)
		if err := session.UnmarshalBinary(b); err != nil {
			require.ErrorIs(t, err, rnn.ErrSnapshot)
			require.Equal(t, before, position(session))
		}
	})
}
