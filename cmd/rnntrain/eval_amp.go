package main

import (
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/wav"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// An ampEvaluation measures an amplifier on two sounds.
type ampEvaluation struct {
	delay  int    // samples by which the wet sound is later than the dry one
	played string // WAV file for the model's output; "": none
}

// ofAmplifiers are the flags of eval for models of amplifiers only.
var ofAmplifiers = []string{"delay", "played"}

func (a *ampEvaluation) add(c *cobra.Command) {
	c.Flags().IntVar(&a.delay, "delay", 0, "amplifiers: delay of the wet sound after the dry one, in samples")
	c.Flags().StringVar(&a.played, "played", "", "amplifiers: write the model's output to a .wav file")
}

// isAmplifier reports whether a model turns each sample of sound into a sample.
func isAmplifier(n cli.Network) bool {
	m, ok := n.(*rnn.Model)
	if !ok || m.SampleRate() == 0 || m.Pooled() || m.Description().Task != format.TaskRegress || m.Description().Data != nil {
		return false
	}
	in, out := m.Inputs(), m.Outputs()
	return len(in) == 1 && len(out) == 1 && in[0].Frames*in[0].Channels == 1 && m.OutputSize() == 1
}

// run measures the model of that name on a dry and a wet sound.
func (a *ampEvaluation) run(c *cobra.Command, f evalFlags, model, dry, wet string) error {
	if !(f.last > 0 && f.last <= 1) {
		return cli.Usagef("--last %g is not above 0 and at most 1", f.last)
	}
	outputs, err := cli.ClaimOutputs([]string{model, dry, wet}, cli.Output{Flag: "--played", Path: a.played})
	if err != nil {
		return err
	}
	defer outputs.Release()
	n, err := cli.OpenNetwork(model)
	if err != nil {
		return err
	}
	defer n.Close()
	if !isAmplifier(n) {
		return cli.Usagef("%s is measured on one file; a second file, %s, is only for models of amplifiers: leave it out", model, wet)
	}
	if err := refuseAllBut(c, model+" is an amplifier", append(ofAmplifiers, "last", "json")...); err != nil {
		return err
	}
	m := n.(*rnn.Model)
	sounds, err := readSoundPair(dry, wet, a.delay, math.MaxInt64)
	if err != nil {
		return err
	}
	if rate := m.SampleRate(); rate != float64(sounds.rate) {
		return fmt.Errorf("%s has %d samples per second, but %s was made for %g: convert both sounds, for instance with: sox IN.wav -r %g OUT.wav", dry, sounds.rate, model, rate, rate)
	}
	sounds.announce(c.ErrOrStderr(), a.delay)
	played, err := play(m, sounds.dry)
	if err != nil {
		return err
	}
	e, err := sounds.compare(played, dataset.SplitSeries(len(played), f.last), "measured")
	if err != nil {
		return err
	}
	e.on, e.key = fmt.Sprintf("%.3g s", e.seconds), "seconds"
	if f.last < 1 {
		e.on = "the last " + e.on
	}
	if a.played != "" {
		if err := writeFloatWAV(a.played, sounds.rate, played); err != nil {
			return err
		}
	}
	return e.print(c.OutOrStdout(), f.json)
}

// writeFloatWAV writes the samples of one channel as float32.
func writeFloatWAV(path string, rate int, samples []float32) error {
	return atomicfile.Write(path, func(out io.Writer) error {
		w, err := wav.NewWriter(out, wav.Format{Encoding: wav.Float32, Channels: 1, Rate: rate})
		if err != nil {
			return err
		}
		if err := w.Write(samples); err != nil {
			return err
		}
		return w.Close()
	})
}
