package main

import (
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// An ampMeasurement is how far a model is from an amplifier on the sound that was
// held back.
type ampMeasurement struct {
	seconds  float64
	esr, dry float64 // error-to-signal ratios: of the model, and of the dry sound as it is
	filtered float64 // of the model, after pre-emphasis
}

// measure measures the model that was written; nil: nothing is held back. It hears
// the whole sound, as it does when it is played.
func (a *ampTraining) measure() (measurement, error) {
	if a.held == 0 {
		return nil, nil
	}
	m, err := rnn.Open(a.output.output)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	const block = 4096
	dry, s := a.sounds.dry, m.NewSession()
	played := make([]float32, 0, len(dry))
	for from := 0; from < len(dry); from += block {
		y, err := s.Run(dry[from:min(from+block, len(dry))])
		if err != nil {
			return nil, err
		}
		played = append(played, y...)
	}
	trained := len(dry) - a.held
	wet := a.sounds.wet[trained:]
	if rms(wet) < leastLevel {
		return nil, fmt.Errorf("%s: the part that is held back is silent, and has no error-to-signal ratio: cut the silence at its end", a.sounds.names[1])
	}
	return &ampMeasurement{
		seconds: float64(a.held) / float64(a.sounds.rate),
		esr:     errorToSignal(played[trained:], wet), dry: errorToSignal(dry[trained:], wet),
		filtered: errorToSignal(emphasized(played[trained:], usualPreEmphasis), emphasized(wet, usualPreEmphasis)),
	}, nil
}

// usualPreEmphasis is the filter by which error-to-signal ratios are compared.
const usualPreEmphasis = 0.85

// emphasized returns samples after the filter 1 - p z⁻¹.
func emphasized(samples []float32, p float64) []float32 {
	list := make([]float32, len(samples))
	for i, v := range samples {
		before := v
		if i > 0 {
			before = samples[i-1]
		}
		list[i] = float32(float64(v) - p*float64(before))
	}
	return list
}

// errorToSignal returns the energy of the error as a part of that of the signal.
func errorToSignal(y, signal []float32) float64 {
	var off, all float64
	for i, want := range signal {
		e := float64(y[i]) - float64(want)
		off += e * e
		all += float64(want) * float64(want)
	}
	return off / all
}

func (e *ampMeasurement) object() cli.Object {
	return cli.Object{"held_back_seconds", e.seconds, "esr", e.esr, "dry_esr", e.dry, "pre_emphasis_esr", e.filtered}
}

func (e *ampMeasurement) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return cli.WriteJSON(w, e.object())
	}
	_, err := fmt.Fprintf(w, "ESR %.4g (%.1f dB) on the last %.3g s, which were held back; of the dry sound as it is %.4g; after pre-emphasis by 1 - %g z⁻¹ %.4g\n",
		e.esr, 10*math.Log10(e.esr), e.seconds, e.dry, usualPreEmphasis, e.filtered)
	return err
}
