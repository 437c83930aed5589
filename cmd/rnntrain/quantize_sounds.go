package main

import (
	"errors"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
)

// listsSounds reports whether data are labelled sounds: a folder, or a table of paths. A
// single sound or samples in a file have no labels.
func listsSounds(d *format.Model, data string, o dataset.SoundsOptions) (bool, error) {
	switch {
	case !readsSounds(d, data):
		return false, nil
	case isFolder(data):
		return true, nil
	case series.KindOf(data) != series.KindCSV:
		return false, nil
	}
	_, _, err := dataset.ListSounds(data, o)
	var missing *dataset.Error
	if errors.As(err, &missing) && missing.Column == "path" {
		return false, nil
	}
	return err == nil, err
}

// eachSound calls read with each sound until it returns false, in an order that mixes the
// labels and is always the same.
func (f *evalFlags) eachSound(d *format.Model, data string, read func(samples []float32) bool) error {
	s, err := f.sounds(d, data)
	if err != nil {
		return err
	}
	list := s.listed[data]
	for _, i := range rand.New(rand.NewPCG(1, 0x50d5)).Perm(len(list)) {
		samples, err := s.samples(list[i].Path)
		if err != nil {
			return err
		}
		if !read(samples) {
			break
		}
	}
	return nil
}

// oneSound returns the options for reading a WAV file as a series: at the rate of a model
// that reads samples, and otherwise at its own. A model of columns reads no sound.
func (f *quantizeFlags) oneSound(d *format.Model) (*series.Sound, error) {
	if columns := dataOf(d).Columns; d.SampleRate == 0 && len(columns) > 0 && series.KindOf(f.data) == series.KindSound {
		return nil, cli.Usagef("%s is sound, but the model reads the columns %s", f.data, message.List(columns))
	}
	s := &series.Sound{Resample: f.sound.resample}
	if hears(d) {
		s.Channels, s.Rate = 1, d.SampleRate*float64(d.NumberWidth())
	}
	return s, nil
}
