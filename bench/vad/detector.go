package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/bench/vad/mixture"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// frame is the samples that all detectors are compared on: 32 ms, a step of Silero VAD.
const frame = 512

// A detector is a model that gives the probability of speech.
type detector struct {
	name    string
	session *rnn.Session
	samples int // of a step
	spent   time.Duration
	sound   int // samples read
}

// openDetector opens the model of NAME=MODEL.
func openDetector(spec string) (*detector, error) {
	name, model, found := strings.Cut(spec, "=")
	if !found {
		return nil, fmt.Errorf("%s: give a name and a model, as in ours=builtin:vad", spec)
	}
	m, err := open(model)
	if err != nil {
		return nil, err
	}
	if m.OutputSize() != 1 || m.InputSize() == 0 || frame%m.InputSize() != 0 {
		return nil, fmt.Errorf("%s: a step does not read 512 samples, or a part of them, and give one probability", model)
	}
	return &detector{name: name, session: m.NewSession(), samples: m.InputSize()}, nil
}

// open opens a .rnn file or builtin:vad.
func open(model string) (*rnn.Model, error) {
	if model == "builtin:vad" {
		return rnn.Load(models.VAD())
	}
	return rnn.Open(model)
}

// frames returns the probability of speech of every whole frame: the mean of its steps.
func (d *detector) frames(x []float32) ([]float32, error) {
	d.session.Reset()
	x = x[:len(x)/frame*frame]
	list := make([]float32, 0, len(x)/frame)
	begin := time.Now()
	for f := range slices.Chunk(x, frame) {
		sum := float32(0)
		for step := range slices.Chunk(f, d.samples) {
			y, err := d.session.Step(step)
			if err != nil {
				return nil, err
			}
			sum += y[0]
		}
		list = append(list, sum/float32(frame/d.samples))
	}
	d.spent += time.Since(begin)
	d.sound += len(x)
	return list, nil
}

// speed returns how much of the sound's time a detector took.
func (d *detector) speed() float64 {
	return d.spent.Seconds() / (float64(d.sound) / mixture.Rate)
}
