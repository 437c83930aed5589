package vad_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/vad"
)

func TestSegmentsOfProbabilities(t *testing.T) {
	nan := float32(math.NaN())
	const low, mid, high = 0.1, 0.4, 0.9
	plain := vad.Options{Threshold: 0.5, Release: 0.35, MinSilence: 2}
	for _, c := range []struct {
		name string
		o    vad.Options
		p    []float32
		want []vad.Segment
	}{
		{"nothing", plain, nil, nil},
		{"silence", plain, []float32{low, mid, low}, nil},
		{"speech within silence", plain, []float32{low, high, high, low, low, low}, []vad.Segment{{1, 3}}},
		{"a short silence is speech", plain, []float32{high, low, high, low, low}, []vad.Segment{{0, 3}}},
		{"two", plain, []float32{high, low, low, high, high, low, low}, []vad.Segment{{0, 1}, {3, 5}}},
		{"between the thresholds it goes on", plain, []float32{high, mid, mid, mid, low, low}, []vad.Segment{{0, 4}}},
		{"between the thresholds silence goes on", plain, []float32{high, low, mid, high}, []vad.Segment{{0, 1}, {3, 4}}},
		{"to the end", plain, []float32{low, high, high}, []vad.Segment{{1, 3}}},
		{"silence to the end", plain, []float32{low, high, low}, []vad.Segment{{1, 2}}},
		{"NaN is no speech", plain, []float32{high, nan, nan, high}, []vad.Segment{{0, 1}, {3, 4}}},
		{"too short", vad.Options{Threshold: 0.5, MinSpeech: 3, MinSilence: 1}, []float32{high, high, 0, high, high, high, -1}, []vad.Segment{{0, 6}}},
		{"too short twice", vad.Options{Threshold: 0.5, Release: 0.3, MinSpeech: 3, MinSilence: 1}, []float32{high, high, 0, high, high, high, 0}, []vad.Segment{{3, 6}}},
		{"padded", vad.Options{Threshold: 0.5, Release: 0.3, MinSilence: 4, Pad: 2}, []float32{low, high, low, low, low, low, high}, []vad.Segment{{0, 4}, {4, 7}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, c.o.Check())
			s := vad.Segmenter{Options: c.o}
			var got []vad.Segment
			for _, p := range c.p {
				if g, ok := s.Push(p); ok {
					got = append(got, g)
				}
			}
			if g, ok := s.Close(); ok {
				got = append(got, g)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestTheBeginningIsToldOnceSpeechCounts(t *testing.T) {
	s := vad.Segmenter{Options: vad.Options{Threshold: 0.5, MinSpeech: 2, MinSilence: 2, Pad: 1, Release: 0.3}}
	var began []int
	for i, p := range []float32{0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1} {
		s.Push(p)
		if start, ok := s.Began(); ok {
			began = append(began, i, start)
		}
	}
	require.Equal(t, []int{6, 4}, began)
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, o := range []vad.Options{
		{},
		{Threshold: 1.5},
		{Threshold: 0.5, Release: 0.6},
		{Threshold: 0.5, MinSpeech: -1},
		{Threshold: 0.5, MinSilence: 3, Pad: 2},
	} {
		require.Error(t, o.Check(), "%+v", o)
	}
}
