package frontend_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/runtime"
)

const small = "rate=8000,window=80,hop=50,fft=100,mels=12,coefficients=6"

// classifier returns a normalized model of 6 or more features, and of 3 classes.
func classifier(features int) *format.Model {
	m := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: features, Hidden: 8, Outputs: 3, Seed: 4}.Model()
	m.Normalization = &format.Normalization{Mean: make([]float32, features), Scale: make([]float32, features)}
	for i := range features {
		m.Normalization.Mean[i], m.Normalization.Scale[i] = float32(i), 0.125
	}
	return m
}

// run returns the outputs of all steps, the same step by step and at once.
func run(t *testing.T, d *format.Model, xs []float32) (ys []float32) {
	t.Helper()
	m, err := runtime.New(d)
	require.NoError(t, err)
	s, width := m.NewSession(), d.InputSize
	for x := range slices.Chunk(xs, width) {
		y, err := s.Step(x)
		require.NoError(t, err)
		ys = append(ys, y...)
	}
	once, err := m.NewSession().RunInputs(xs, nil)
	require.NoError(t, err)
	require.Equal(t, once, ys)
	return ys
}

func noise(n int) []float32 {
	r, x := rand.New(rand.NewPCG(5, 0)), make([]float32, n)
	for i := range x {
		x[i] = r.Float32() - 0.5
	}
	return x
}

// A model behind a front end gives what it gives of the front end's features, bit for bit.
func TestBefore(t *testing.T) {
	xs := noise(50 * 12)
	for _, specification := range []string{
		"mfcc:" + small, "mfcc:" + small + ",preemphasis=0.9,mean=-3,deviation=2", "mfcc:" + small + ",center=yes", "mfcc:" + small + ",energy=yes,log=db",
		"mfcc:like=kaldi,rate=8000,window=80,hop=50,coefficients=6,lifter=0", "mel:rate=8000,window=80,hop=50,mels=6",
	} {
		f, err := frontend.Parse(specification)
		require.NoError(t, err, specification)
		features, err := f.Model()
		require.NoError(t, err)
		for _, frames := range []int{1, 3} {
			m := classifier(frames * 6)
			got, err := f.Before(m)
			require.NoError(t, err)
			require.Equal(t, 50*frames, got.InputSize)
			require.Equal(t, 8000.0/50/float64(frames), got.SampleRate)
			require.Equal(t, run(t, m, run(t, features, xs)), run(t, got, xs), "%s, %d frames", specification, frames)
		}
	}
}

// A clip is a step that nothing before it reaches.
func TestBeforeOfClips(t *testing.T) {
	f, err := frontend.Parse("mfcc:" + small + ",clip=yes,preemphasis=0.5")
	require.NoError(t, err)
	require.Zero(t, f.Delay())
	features, err := f.Model()
	require.NoError(t, err)
	require.Equal(t, 80, features.InputSize)
	got, err := f.Before(classifier(3 * 6))
	require.NoError(t, err)
	require.Equal(t, 80+2*50, got.InputSize)
	xs := noise(180)
	want := slices.Concat(run(t, features, xs[:80])) // the first frame of the clip
	m, err := f.Before(passing(3, 6))
	require.NoError(t, err)
	require.Equal(t, want, run(t, m, append(noise(180), xs...))[18:][:6])
}

// passing returns a model that gives the frames that it reads.
func passing(frames, channels int) *format.Model {
	return &format.Model{InputSize: frames * channels, Graph: &format.Graph{
		Inputs:  []format.Input{{Name: "x", Frames: frames, Channels: channels}},
		Nodes:   []format.Node{{Op: &format.Reshape{Frames: frames, Channels: channels}, Inputs: []int{0}}},
		Outputs: []format.Port{{Name: "y", Value: 1}},
	}}
}

// Int8 weights are those of the model alone.
func TestBeforeInt8(t *testing.T) {
	f, err := frontend.Parse("mfcc:" + small)
	require.NoError(t, err)
	whole, err := f.Before(classifier(6))
	require.NoError(t, err)
	m, err := classifier(6).Convert(format.DTypeInt8)
	require.NoError(t, err)
	apart, err := f.Before(m)
	require.NoError(t, err)
	whole, err = whole.Convert(format.DTypeInt8)
	require.NoError(t, err)
	xs := noise(500)
	require.Equal(t, run(t, apart, xs), run(t, whole, xs))
}

func TestBeforeRefusesModels(t *testing.T) {
	f, err := frontend.Parse("mfcc:" + small)
	require.NoError(t, err)
	tokens := modeltest.Spec{Cell: format.CellLSTM, Tokens: 5, Input: 6, Hidden: 3, Outputs: 5}.Model()
	for reason, m := range map[string]*format.Model{
		"1×7 numbers, but the front end gives frames of 6": classifier(7),
		"reads tokens": tokens,
	} {
		_, err := f.Before(m)
		require.ErrorIs(t, err, frontend.ErrModel)
		require.ErrorContains(t, err, reason)
	}
}

func ExampleParse() {
	f, err := frontend.Parse("mfcc:rate=16000,window=25ms,hop=10ms,coefficients=13")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Window, f.Hop, f.Points, f.Width(), f.Delay())
	// Output: 400 160 512 13 2
}
