package runtime_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Snapshots on devices have the fingerprint of their model, so the fingerprint
// of a model must never change.
func TestFingerprintsStayAsTheyAre(t *testing.T) {
	for path, want := range map[string]uint64{
		"format/testdata/v1-cells.rnn":     0x599af65ad56159c0,
		"format/testdata/v1-data.rnn":      0x736276e20e55bb0b,
		"format/testdata/v1-forecast.rnn":  0x8877e58d7bebb3c2,
		"format/testdata/v1-int4.rnn":      0x00f2676ac824a732,
		"format/testdata/v1-int8.rnn":      0xba75de9eb27e8b14,
		"format/testdata/v1-mixed.rnn":     0x57f5a37495abbbfc,
		"format/testdata/v1-numbers.rnn":   0x8877e58d7bebb3c2,
		"format/testdata/v1-translate.rnn": 0x7547e1d026aedd0b,
		"format/testdata/v1.rnn":           0x736276e20e55bb0b,
		"models/g2p-en.rnn":                0xe9b0217c165d5c92,
		"models/sentiment-ko.rnn":          0x62e590e3ef8d3428,
		"models/shakespeare.rnn":           0x66cc6c3197be0310,
		"models/vad.rnn":                   0xe35ad384b4b78b41,
	} {
		data, err := os.ReadFile("../" + path)
		require.NoError(t, err)
		m, err := format.Read(data)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%016x", want), fmt.Sprintf("%016x", rnn.Fingerprint(m)), path)
	}
}

// A fingerprint that missed an array of weights would accept snapshots of other
// models.
func TestEveryArrayOfAModelCountsForItsFingerprint(t *testing.T) {
	all := func(s modeltest.Spec) modeltest.Spec {
		s.Input, s.Hidden, s.Layers, s.Outputs, s.InitialState, s.Bidirectional = 3, 9, 2, 4, true, true
		return s
	}
	special := modeltest.Spec{Cell: format.CellLSTM, Peephole: true, Projection: 5, Clip: 1, Below: 3, Between: 4, Above: 5}
	for _, s := range append(modeltest.Cells(), special) {
		for _, s.Tokens = range []int{0, 5} {
			for _, s.DType = range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
				s := all(s)
				t.Run(s.String(), func(t *testing.T) {
					m := s.Model()
					want := rnn.Fingerprint(m)
					arrays := 0
					for a := range m.Arrays() {
						arrays++
						for _, at := range []int{0, len(a.Data) - 1} {
							a.Data[at] ^= 1
							require.NotEqual(t, want, rnn.Fingerprint(m), "%s of layer %d, direction %d, byte %d", a.Name, a.Layer, a.Direction, at)
							a.Data[at] ^= 1
						}
					}
					require.Equal(t, want, rnn.Fingerprint(m))
					require.Greater(t, arrays, 2*2*len(m.Layers[0].Directions))
				})
			}
		}
	}
}
