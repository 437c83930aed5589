// Package vad finds the segments of speech in a stream of probabilities.
package vad

import (
	"fmt"
	"math"
)

// Options define what speech is. Lengths are in steps of the model.
type Options struct {
	Threshold  float32 // least probability that begins speech
	Release    float32 // speech continues while the probability is at least this
	MinSpeech  int     // steps of the shortest speech that counts
	MinSilence int     // steps without speech that end it
	Pad        int     // steps before and after speech that belong to it; at most MinSilence/2
}

// Times are times in seconds.
type Times struct{ MinSpeech, MinSilence, Pad float64 }

// SetTimes converts times to steps of that many seconds.
func (o *Options) SetTimes(t Times, step float64) {
	steps := func(seconds float64) int { return int(math.Ceil(seconds/step - 1e-9)) }
	o.MinSpeech = steps(t.MinSpeech)
	o.MinSilence = steps(t.MinSilence)
	o.Pad = int(math.Round(t.Pad / step))
}

// Check returns an error if the options are invalid.
func (o *Options) Check() error {
	switch {
	case !(o.Threshold > 0 && o.Threshold <= 1):
		return fmt.Errorf("the threshold is %v: give a probability above 0 and at most 1", o.Threshold)
	case !(o.Release >= 0 && o.Release <= o.Threshold):
		return fmt.Errorf("the release is %v: give a probability of at most the threshold, %v", o.Release, o.Threshold)
	case o.MinSpeech < 0 || o.MinSilence < 0 || o.Pad < 0:
		return fmt.Errorf("a negative time")
	case o.Pad > o.MinSilence/2:
		return fmt.Errorf("the padding is %d steps, but a silence of %d steps ends speech: give at most half of it, so that segments do not overlap", o.Pad, o.MinSilence)
	}
	return nil
}

// A Segment is the steps from Start up to, but not including, End.
type Segment struct{ Start, End int }

// A Segmenter finds segments. The zero value with Options begins at step 0.
type Segmenter struct {
	Options

	step   int // step of the next probability
	speech bool
	start  int
	silent int  // first step of the silence; -1: none
	told   bool // whether Began has returned the start of this speech
}

// Push takes the probability of the next step. It returns the segment that has ended, if
// any. NaN, the probability of a step that could not be read, counts as silence.
func (s *Segmenter) Push(p float32) (ended Segment, ok bool) {
	at := s.step
	s.step++
	switch {
	case p >= s.Threshold && !s.speech:
		s.speech, s.start, s.silent, s.told = true, at, -1, false
	case p >= s.Threshold:
		s.silent = -1
	case s.speech && !(p >= s.Release) && s.silent < 0:
		s.silent = at
	}
	if s.speech && s.silent >= 0 && at+1-s.silent >= max(s.MinSilence, 1) {
		s.speech = false
		return s.segment(s.silent)
	}
	return Segment{}, false
}

// Began returns the start of speech that has lasted long enough to count, once, before
// its end is known.
func (s *Segmenter) Began() (start int, ok bool) {
	end := s.step
	if s.silent >= 0 {
		end = s.silent
	}
	if !s.speech || s.told || end-s.start < s.MinSpeech {
		return 0, false
	}
	s.told = true
	return max(s.start-s.Pad, 0), true
}

// Close returns the segment that ends with the stream, if any.
func (s *Segmenter) Close() (ended Segment, ok bool) {
	if !s.speech {
		return Segment{}, false
	}
	s.speech = false
	end := s.step
	if s.silent >= 0 {
		end = s.silent
	}
	return s.segment(end)
}

// segment returns the speech up to end, if it is long enough.
func (s *Segmenter) segment(end int) (Segment, bool) {
	if end-s.start < s.MinSpeech {
		return Segment{}, false
	}
	return Segment{max(s.start-s.Pad, 0), min(end+s.Pad, s.step)}, true
}
