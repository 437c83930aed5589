package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/bench/vad/mixture"
)

// agree prints in how many frames of a file the first model decides as the second one does.
func agree(path string, models []string) error {
	samples, err := mixture.ReadFile(path)
	if err != nil {
		return err
	}
	var scores [2][]float32
	for i, spec := range models {
		d, err := openDetector(spec)
		if err != nil {
			return err
		}
		if scores[i], err = d.frames(samples); err != nil {
			return err
		}
	}
	same, r := 0, new(roc)
	for i, s := range scores[0] {
		speech := scores[1][i] >= 0.5
		r.add(s, speech)
		if s >= 0.5 == speech {
			same++
		}
	}
	r.sort()
	fmt.Printf("%d frames, %d of them speech as %s decides; as it %d (%.1f %%), area %.4f\n",
		len(scores[0]), len(r.speech), models[1], same, 100*float64(same)/float64(len(scores[0])), r.area())
	return nil
}
