package runtime_test

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// rnnoiseReference is the output of testdata/rnnoise/reference.c.
//
//go:embed testdata/rnnoise.f32
var rnnoiseReference []byte

const rnnoiseFrames = 100

// An rnnoiseRecord is the record of a frame.
type rnnoiseRecord struct {
	Active, Period float32
	Features       [format.RNNoiseFeatures]float32
	Samples        [30]float32
}

// rnnoiseModel returns a model whose outputs are the samples after the gains, its
// second input, and the analysis.
func rnnoiseModel() *format.Model {
	return &format.Model{InputSize: format.RNNoiseFrame + format.RNNoiseBands, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "samples", Frames: format.RNNoiseFrame, Channels: 1}, {Name: "gains", Frames: 1, Channels: format.RNNoiseBands}},
		Nodes: []format.Node{
			{Op: &format.RNNoiseAnalysis{}, Inputs: []int{0}},
			{Op: &format.RNNoiseSynthesis{}, Inputs: []int{2, 1}},
		},
		Outputs: []format.Port{{Name: "clean", Value: 3}, {Name: "heard", Value: 2}},
	}}
}

// rnnoiseInput returns the samples and gains of reference.c.
func rnnoiseInput() (xs []float32) {
	noise := uint32(1)
	for frame := range rnnoiseFrames {
		for i := range format.RNNoiseFrame {
			t := int32(frame*format.RNNoiseFrame + i)
			noise = noise*1664525 + 1013904223
			v := int32(noise>>22) - 512
			switch {
			case frame < 30:
				v += t%211*60 - 6330
			case frame < 45:
				v = 0
			case frame < 65:
				v *= 4
			default:
				v += t%397*40 - 7940 + t%97*10
			}
			xs = append(xs, float32(v)/(1<<15))
		}
		for i := range format.RNNoiseBands {
			xs = append(xs, float32((frame*7+i*5)%23)/22)
		}
	}
	return xs
}

// littleEndian returns the bytes of numbers.
func littleEndian(xs []float32) (b []byte) {
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func TestRNNoiseIsThatOfTheCCode(t *testing.T) {
	var want [rnnoiseFrames]rnnoiseRecord
	_, err := binary.Decode(rnnoiseReference, binary.LittleEndian, &want)
	require.NoError(t, err)
	m, err := rnn.New(rnnoiseModel())
	require.NoError(t, err)
	s := m.NewSession()
	for frame, width, xs := 0, format.RNNoiseFrame+format.RNNoiseBands, rnnoiseInput(); frame < rnnoiseFrames; frame++ {
		y, err := s.Step(xs[frame*width:][:width])
		require.NoError(t, err)
		clean, heard := y[:format.RNNoiseFrame], y[format.RNNoiseFrame:]
		about, w := fmt.Sprint("frame ", frame), &want[frame]
		require.Equal(t, w.Active, heard[format.RNNoiseActive], about)
		if w.Active == 1 {
			require.Equal(t, w.Period, float32(math.Round(float64(heard[format.RNNoiseFeatures-2]*100+300))), about)
		}
		require.InDeltaSlice(t, w.Features[:], heard[:format.RNNoiseFeatures], 5e-4, about)
		for i, v := range w.Samples {
			require.InDelta(t, v/(1<<15), clean[16*i], 1e-6, "%s, sample %d", about, 16*i)
		}
	}
}

// The bits are the same on every device, step by step, in one run, and after a snapshot.
func TestRNNoiseHasTheSameBits(t *testing.T) {
	m, err := rnn.New(rnnoiseModel())
	require.NoError(t, err)
	xs, width := rnnoiseInput(), m.InputSize()
	s := m.NewSession()
	ys, err := s.Run(xs)
	require.NoError(t, err)
	want := append([]float32(nil), ys...)
	require.Equal(t, "b43c53e803b4056b", fmt.Sprintf("%016x", hashOf(littleEndian(want))))
	s.Reset()
	kept := 0
	for _, w := range m.Description().Graph.Work() {
		kept += w.State
	}
	var got []float32
	for at := 0; at < len(xs); at += width {
		if at/width%3 == 2 {
			b, err := s.AppendBinary(nil)
			require.NoError(t, err)
			require.Len(t, b, 28+4*kept, "all that inspect says is kept")
			s = m.NewSession()
			require.NoError(t, s.UnmarshalBinary(b))
		}
		y, err := s.Step(xs[at:][:width])
		require.NoError(t, err)
		got = append(got, y...)
	}
	require.Equal(t, want, got)
	require.Zero(t, testing.AllocsPerRun(3, func() { _, err = s.Step(xs[:width]) }))
	require.NoError(t, err)
}

// A snapshot, a sensor or a gain may have any number: the pitch reads no other memory,
// and after a reset the outputs are right again.
func TestRNNoiseTakesAnyNumber(t *testing.T) {
	m, err := rnn.New(rnnoiseModel())
	require.NoError(t, err)
	xs, width := rnnoiseInput(), m.InputSize()
	want, err := m.NewSession().Run(xs[:20*width])
	require.NoError(t, err)
	want = append([]float32(nil), want...)
	inf := float32(math.Inf(1))
	for _, bad := range []float32{float32(math.NaN()), inf, -inf, math.MaxFloat32, -math.MaxFloat32, 1e20, 1e-40} {
		s := m.NewSession()
		for step := range 8 {
			x := append([]float32(nil), xs[step*width:][:width]...)
			x[7*step], x[format.RNNoiseFrame+step] = bad, -bad
			_, err := s.Step(x)
			require.NoError(t, err)
			b, err := s.AppendBinary(nil)
			require.NoError(t, err)
			for at := 24 + step%3*4; at < len(b)-4; at += 12 {
				binary.LittleEndian.PutUint32(b[at:], math.Float32bits(bad))
			}
			sum := crc32.Checksum(b[:len(b)-4], crc32.MakeTable(crc32.Castagnoli))
			binary.LittleEndian.PutUint32(b[len(b)-4:], sum)
			require.NoError(t, s.UnmarshalBinary(b))
		}
		s.Reset()
		got, err := s.Run(xs[:20*width])
		require.NoError(t, err)
		require.Equal(t, want, got, "%v", bad)
	}
}
