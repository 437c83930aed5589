package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// finishSounds makes a job write the model with its front end and samples as goldens, and
// measure it on the sounds held back.
func (l *labelledTraining) finishSounds(j *job) error {
	j.deploy = l.sounds.front.Before
	first := l.sounds.number(l.entries.train[0], l.entries.paths)
	samples, err := l.sounds.samples(first.Path)
	j.goldens = []dataset.Sequence{{Inputs: samples}}
	j.measure = func() (measurement, error) { return l.measureSounds() }
	return err
}

// measureSounds measures the written model on the test sounds, or on the validation
// sounds if there are no test sounds. The result is nil if there are neither.
func (l *labelledTraining) measureSounds() (measurement, error) {
	what, numbers, groups := "test", l.entries.test, l.entries.names[2]
	if len(numbers) == 0 {
		what, numbers, groups = "validation", l.entries.valid, l.entries.names[1]
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	return l.evaluate(what, groups, func(e *classEvaluation) error {
		for _, n := range numbers {
			if err := e.addSound(&l.sounds.sounds, l.sounds.number(n, l.entries.paths)); err != nil {
				return err
			}
		}
		return nil
	})
}

// addSound runs the model on a sound and adds the result.
func (e *classEvaluation) addSound(s *sounds, sound dataset.LabelledSound) error {
	k, err := e.class(sound.Label)
	if err != nil {
		return fmt.Errorf("%s: %w", sound.Path, err)
	}
	samples, err := s.samples(sound.Path)
	if err != nil {
		return err
	}
	if err := e.addSeries(samples, k); err != nil {
		return fmt.Errorf("%s: %w", sound.Path, err)
	}
	return nil
}

// readsSounds reports whether data are sounds: a folder, or a table if the model was
// trained on sounds.
func readsSounds(d *format.Model, data string) bool {
	return d.Task == format.TaskClassify && d.TokenWidth() == 0 && (isFolder(data) || cli.Property(d, frontEndProperty) != "")
}

// hears reports whether a model reads samples of one channel at a known rate.
func hears(d *format.Model) bool {
	if d.SampleRate == 0 || d.TokenWidth() > 0 {
		return false
	}
	if d.Graph == nil {
		return true
	}
	in := d.Graph.Inputs
	return len(in) == 1 && (in[0].Frames == 1 || in[0].Channels == 1)
}

// sounds lists the sounds to measure a model on. They are read as in training unless
// flags change it.
func (f *evalFlags) sounds(d *format.Model, data string) (*sounds, error) {
	if !hears(d) {
		return nil, fmt.Errorf("%s has sounds, but the model does not read samples of one channel at a known rate: rnntrain classify --front-end trains one that does", data)
	}
	s := &sounds{
		options: f.sound.options(f.columns), rate: d.SampleRate * float64(d.InputSize), resample: f.sound.resample,
		step: d.InputSize, window: f.reading.window,
	}
	if !f.changed("pattern") {
		s.options.Pattern = cli.Property(d, patternProperty)
	}
	s.options.GroupColumn = f.groupOf(d)
	if !f.changed("window") {
		s.window, _ = cli.Windowing(d)
	}
	return s, s.list(f.stderr, data)
}

// classifySounds measures a classifier on the sounds of a folder or a table.
func (f *evalFlags) classifySounds(e *classEvaluation, data string) error {
	s, err := f.sounds(e.model.Description(), data)
	if err != nil {
		return err
	}
	list := s.listed[data]
	p, err := f.portion(func(yield func(member, error) bool) {
		for _, sound := range list {
			if !yield(member{sound.Label, sound.Group}, nil) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	for _, sound := range list {
		if !p.hasNext(sound.Group) {
			continue
		}
		if err := e.addSound(s, sound); err != nil {
			return err
		}
	}
	return p.check(data, "sound")
}
