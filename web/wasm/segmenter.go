//go:build js && wasm

package main

import (
	"syscall/js"

	"github.com/rnnrun/rnnrun/internal/vad"
)

// newSegmenter returns an object that finds the segments of speech in a stream of
// probabilities, one per step. Its methods return a segment if one has ended, and
// otherwise null.
func newSegmenter(args []js.Value) (any, error) {
	number := func(name string) float64 { return js.Global().Call("Number", args[0].Get(name)).Float() }
	s := &vad.Segmenter{Options: vad.Options{Threshold: float32(number("threshold")), Release: float32(number("release"))}}
	s.SetTimes(vad.Times{MinSpeech: number("minSpeech"), MinSilence: number("minSilence"), Pad: number("pad")}, number("stepSeconds"))
	if err := s.Check(); err != nil {
		return nil, err
	}
	ended := func(segment vad.Segment, ok bool) any {
		if !ok {
			return nil
		}
		return map[string]any{"start": segment.Start, "end": segment.End}
	}
	return object{
		"push": func(args []js.Value) (any, error) { return ended(s.Push(float32(args[0].Float()))), nil },
		"end":  func([]js.Value) (any, error) { return ended(s.Close()), nil },
	}.value(nil), nil
}
