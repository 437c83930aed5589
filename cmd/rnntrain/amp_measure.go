package main

import (
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// An ampMeasurement is the error of a model of an amplifier.
type ampMeasurement struct {
	on       string // what was measured, such as "60 s"
	key      string // of the length in the JSON
	seconds  float64
	esr, dry float64 // error-to-signal ratios of the model and of the unprocessed dry sound
	filtered float64 // error-to-signal ratio of the model after pre-emphasis
}

// measure measures the written model on the samples that were held back. The model hears
// the whole sound, as it does in use. The result is nil if nothing was held back.
func (a *ampTraining) measure() (measurement, error) {
	if a.held == 0 {
		return nil, nil
	}
	m, err := rnn.Open(a.output.output)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	played, err := play(m, a.sounds.dry)
	if err != nil {
		return nil, err
	}
	e, err := a.sounds.compare(played, len(played)-a.held, "held back")
	if err != nil {
		return nil, err
	}
	e.on, e.key = fmt.Sprintf("the last %.3g s, which were held back", e.seconds), "held_back_seconds"
	return e, nil
}

// play returns the model's output for a sound, computed block by block.
func play(m *rnn.Model, dry []float32) (played []float32, err error) {
	const block = 4096
	s := m.NewSession()
	played = make([]float32, 0, len(dry))
	for from := 0; from < len(dry); from += block {
		y, err := s.Run(dry[from:min(from+block, len(dry))])
		if err != nil {
			return nil, err
		}
		played = append(played, y...)
	}
	return played, nil
}

// compare measures the output of a model from sample from on. part describes these
// samples in errors.
func (p *soundPair) compare(played []float32, from int, part string) (*ampMeasurement, error) {
	wet := p.wet[from:]
	if rms(wet) < leastLevel {
		return nil, fmt.Errorf("%s: the part that is %s is silent, so it has no error-to-signal ratio: cut the silence at its end", p.names[1], part)
	}
	return &ampMeasurement{
		seconds: float64(len(wet)) / float64(p.rate),
		esr:     errorToSignal(played[from:], wet), dry: errorToSignal(p.dry[from:], wet),
		filtered: errorToSignal(emphasized(played[from:], usualPreEmphasis), emphasized(wet, usualPreEmphasis)),
	}, nil
}

// usualPreEmphasis is the usual filter for comparing error-to-signal ratios.
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

// errorToSignal returns the energy of the error divided by the energy of the signal.
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
	return cli.Object{e.key, e.seconds, "esr", e.esr, "dry_esr", e.dry, "pre_emphasis_esr", e.filtered}
}

func (e *ampMeasurement) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return cli.WriteJSON(w, e.object())
	}
	_, err := fmt.Fprintf(w, "ESR %.4g (%.1f dB) on %s; ESR of the unprocessed dry sound %.4g; ESR after pre-emphasis by 1 - %g z⁻¹ %.4g\n",
		e.esr, 10*math.Log10(e.esr), e.on, e.dry, usualPreEmphasis, e.filtered)
	return err
}
