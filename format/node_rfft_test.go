package format

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// spectrumModel returns a model that transforms frames, and transforms these back.
func spectrumModel() *Model {
	return small(9, 2,
		Node{&RFFT{WindowFunction{WindowHamming, true}, 4, 2, 10}, []int{0}},
		Node{&IRFFT{WindowFunction{WindowSqrtHann, false}, 7, 10}, []int{1}},
	)
}

func TestRecordsOfFourierTransforms(t *testing.T) {
	m := spectrumModel()
	values, err := m.Graph.Values()
	require.NoError(t, err)
	require.Equal(t, []string{"9×2", "3×12", "3×7"}, []string{values[0].String(), values[1].String(), values[2].String()})
	for i, want := range []string{
		"02010000" + "04000000" + "02000000" + "0a000000",
		"03000000" + "07000000" + "0a000000",
	} {
		require.Equal(t, want, hex.EncodeToString(m.Graph.Nodes[i].Op.appendNode(nil)))
	}
	data, err := m.Append(nil)
	require.NoError(t, err)
	got, err := Read(data)
	require.NoError(t, err)
	require.Equal(t, m.Graph, got.Graph)
}

func TestValidateRefusesFourierTransforms(t *testing.T) {
	rfft := func(m *Model) *RFFT { return m.Graph.Nodes[0].Op.(*RFFT) }
	irfft := func(m *Model) *IRFFT { return m.Graph.Nodes[1].Op.(*IRFFT) }
	for name, c := range map[string]struct {
		change func(m *Model)
		err    error
		reason string
	}{
		"more numbers than points":     {func(m *Model) { rfft(m).Kernel = 6 }, ErrInvalid, "node 0 (rfft) has a Fourier transform of 6×2 numbers in 10 points"},
		"no numbers":                   {func(m *Model) { rfft(m).Kernel = 0 }, ErrInvalid, "of 0×2 numbers"},
		"an odd number of points":      {func(m *Model) { rfft(m).Size = 15 }, ErrInvalid, "in 15 points"},
		"a prime number of pairs":      {func(m *Model) { rfft(m).Size = 22 }, ErrInvalid, "in 22 points"},
		"too many points":              {func(m *Model) { rfft(m).Size = 1 << 17 }, ErrInvalid, "in 131072 points"},
		"a stride of 0":                {func(m *Model) { rfft(m).Stride = 0 }, ErrInvalid, "stride 0"},
		"a kernel beyond the frames":   {func(m *Model) { *rfft(m) = RFFT{Kernel: 10, Stride: 1, Size: 20} }, ErrInvalid, "its kernel spans 10"},
		"another spectrum":             {func(m *Model) { irfft(m).Size = 12 }, ErrInvalid, "node 1 (irfft) has 12 channels, want 14 for 12 points"},
		"an inverse of no points":      {func(m *Model) { irfft(m).Size = 0 }, ErrInvalid, "of a Fourier transform of 0 points"},
		"more numbers than it has":     {func(m *Model) { irfft(m).Count = 11 }, ErrInvalid, "11 numbers of"},
		"none of its numbers":          {func(m *Model) { irfft(m).Count = 0 }, ErrInvalid, "0 numbers of"},
		"an unknown window":            {func(m *Model) { rfft(m).Window.Kind = 4 }, ErrUnsupported, "the unknown window 4"},
		"no window, but symmetric":     {func(m *Model) { irfft(m).Window.Kind, irfft(m).Window.Symmetric = WindowNone, true }, ErrInvalid, "has no window"},
		"an unknown window behind one": {func(m *Model) { irfft(m).Window.Kind = 9 }, ErrUnsupported, "the unknown window 9"},
	} {
		t.Run(name, func(t *testing.T) {
			m := spectrumModel()
			require.NoError(t, m.Validate())
			c.change(m)
			err := m.Validate()
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
		})
	}
	r := record{b: []byte{1, 2, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 10, 0, 0, 0}}
	new(RFFT).readNode(&r)
	require.ErrorIs(t, r.err, ErrUnsupported, "a flag of 2")
	r = record{b: []byte{1, 0, 1, 0, 4, 0, 0, 0, 10, 0, 0, 0}}
	new(IRFFT).readNode(&r)
	require.ErrorIs(t, r.err, ErrCorrupt, "a reserved byte")
}

func TestFourierTransformsAreBounded(t *testing.T) {
	m := small(1, 1, Node{&RFFT{Kernel: 1, Stride: 1, Size: 1 << 16}, []int{0}})
	for range 15 {
		m.Graph.Nodes = append(m.Graph.Nodes, Node{&IRFFT{Count: 1, Size: 1 << 16}, []int{1}})
		m.Graph.Outputs = append(m.Graph.Outputs, Port{string(rune('a' + len(m.Graph.Nodes))), len(m.Graph.Nodes)})
	}
	require.NoError(t, m.Validate())
	m.Graph.Nodes = append(m.Graph.Nodes, Node{&IRFFT{Count: 1, Size: 4}, []int{1}})
	err := m.Validate()
	require.ErrorIs(t, err, ErrInvalid)
	require.ErrorContains(t, err, "node 16 (irfft) is one Fourier transform too many, of 1048580 points together")
}
