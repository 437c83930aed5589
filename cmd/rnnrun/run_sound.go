package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/wav"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// addSound adds the flags that say how sound is read.
func (v *conversion) addSound(f *pflag.FlagSet) {
	f.StringVar(&v.raw, "raw", "", "the input is raw little-endian numbers: f32 (tokens: int32), or the samples s16, s24 or s32 of sound")
	f.Lookup("raw").NoOptDefVal = "f32"
	f.IntVar(&v.rate, "rate", 0, "samples per second of raw sound (default: the model's rate)")
	f.BoolVar(&v.resample, "resample", false, "convert sound to the model's sample rate")
}

// checkSound refuses invalid flags of sound.
func (v *conversion) checkSound() error {
	if e, err := wav.ParseEncoding(v.raw); v.raw != "" && (err != nil || e == wav.Uint8 || e == wav.Float64) {
		return fmt.Errorf("--raw=%s: raw numbers are f32, s16, s24 or s32", message.Quote(v.raw))
	}
	if v.rate != 0 && (v.raw == "" || v.rate < 1 || v.rate > wav.MaxRate) {
		return fmt.Errorf("--rate %d: give the samples per second of sound that --raw reads, up to %d", v.rate, wav.MaxRate)
	}
	return nil
}

// sound returns how a model reads sound: a step is one frame of its channels, or several
// samples of one channel. The default rate is the model's.
func (v *conversion) sound(m *rnn.Model) *series.Sound {
	in := m.Inputs()[0]
	s := &series.Sound{Channels: 1, Rate: m.SampleRate() * float64(in.Frames*in.Channels), RawRate: v.rate, Resample: v.resample}
	if in.Frames > 1 {
		s.Channels, s.Rate = in.Channels, m.SampleRate()*float64(in.Frames)
	}
	if v.raw != "f32" {
		s.Raw, _ = wav.ParseEncoding(v.raw)
	}
	return s
}

// readsSound returns an error if a model without a sample rate, which reads the columns of
// a table, is given a sound file.
func readsSound(m *rnn.Model, name string) error {
	d := m.Description().Data
	if m.SampleRate() > 0 || d == nil || len(d.Columns) == 0 {
		return nil
	}
	return cli.Usagef("%s is sound, but the model reads the columns %s", name, message.List(d.Columns))
}

// notSound adds to an error in the input that the input is not sound, if the model reads
// sound and the input was read as a table.
func notSound(m *rnn.Model, o *series.Options, err error) error {
	var bad *series.Error
	var unread *fs.PathError
	if m.SampleRate() == 0 || o.Kind != series.KindCSV || !errors.As(err, &bad) || errors.As(err, &unread) {
		return err
	}
	return fmt.Errorf("%s is not sound: give a WAV file, or raw samples with --raw=s16 (read as a table of numbers: %w)", o.Name, bad)
}

// soundsAlike reports whether a model's outputs are as many samples as it reads.
func soundsAlike(m *rnn.Model) bool {
	_, ok := soundOutput(m)
	return ok && len(m.Outputs()) == 1
}

// soundOutput returns the offset, in the outputs of a step, of the first output with as
// many samples as a step reads.
func soundOutput(m *rnn.Model) (at int, ok bool) {
	in := m.Inputs()
	if len(in) != 1 || m.Pooled() {
		return 0, false
	}
	for _, out := range m.Outputs() {
		if out.Sequence {
			continue
		}
		width := out.Frames * out.Channels
		if width == in[0].Frames*in[0].Channels {
			return at, true
		}
		at += width
	}
	return 0, false
}
