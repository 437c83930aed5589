package main

import (
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/wav"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// sounds are the WAV files that a command reads, by the folder or table that lists them.
type sounds struct {
	options  dataset.SoundsOptions
	rate     float64 // the model's samples per second
	resample bool
	step     int // samples per step of the model
	window   int // steps of each sound; 0: the whole sound
	listed   map[string][]dataset.LabelledSound
}

// list lists the sounds of a folder or a table, and prints how many there are.
func (s *sounds) list(w io.Writer, path string) error {
	list, unlike, err := dataset.ListSounds(path, s.options)
	if err != nil {
		return err
	}
	if s.listed == nil {
		s.listed = map[string][]dataset.LabelledSound{}
	}
	s.listed[path] = list
	fmt.Fprintf(w, "%s: %s\n", path, message.Count(len(list), "sound"))
	if unlike > 0 {
		fmt.Fprintf(w, "%s: left out %s that the pattern does not match\n", path, message.Count(unlike, "WAV file"))
	}
	return nil
}

// samples returns the samples of a sound: those of a window, or whole steps. Zeros fill
// the last step.
func (s *sounds) samples(path string) ([]float32, error) {
	samples, err := s.read(path)
	if err != nil {
		return nil, err
	}
	return s.fit(samples), nil
}

func (s *sounds) fit(samples []float32) []float32 {
	return wav.FitSteps(samples, s.step, s.window)
}

// read reads a WAV file of one channel at the model's rate.
func (s *sounds) read(path string) ([]float32, error) {
	return (&series.Sound{Channels: 1, Rate: s.rate, Resample: s.resample}).ReadFile(path)
}

// labelledSounds are training sounds with their features.
type labelledSounds struct {
	sounds
	specification string
	front         *frontend.FrontEnd
	session       *rnn.Session // computes features
	stride        int          // steps between the starts of two windows of a stream
	grouped       bool         // sounds have groups

	store   *dataset.SequenceStore // of features
	first   map[string]int         // index in the store of the first sound of a folder or table
	made    []string               // labels of the generated sounds, which are the last in the store
	altered int                    // number of altered copies among them
}

// newLabelledSounds returns sounds whose features a front end computes. The runtime
// computes them, so their bits are those on a device.
func newLabelledSounds(specification string, memory int64) (*labelledSounds, error) {
	front, err := frontend.Parse(specification)
	if err != nil {
		return nil, cli.Usagef("--front-end: %v", err)
	}
	m, err := front.Model()
	if err != nil {
		return nil, cli.Usagef("--front-end %s: %v", message.Quote(specification), err)
	}
	model, err := rnn.New(m)
	if err != nil {
		return nil, err
	}
	return &labelledSounds{
		sounds:        sounds{rate: float64(front.Rate), step: m.InputSize},
		specification: specification, front: front, session: model.NewSession(),
		store: dataset.NewSequenceStore(memory), first: map[string]int{},
	}, nil
}

// Close releases the features.
func (l *labelledSounds) Close() error { return l.store.Close() }

// open lists the sounds of folders or tables, and computes their features.
func (l *labelledSounds) open(w io.Writer, paths ...string) error {
	for _, path := range paths {
		if path == "" {
			continue
		}
		if err := l.list(w, path); err != nil {
			return err
		}
		l.first[path] = l.store.Len()
		for _, s := range l.listed[path] {
			l.grouped = l.grouped || s.Group != ""
			samples, err := l.samples(s.Path)
			if err != nil {
				return err
			}
			if err := l.add(samples); err != nil {
				return fmt.Errorf("%s: %w", s.Path, err)
			}
		}
	}
	return nil
}

// add computes and stores the features of samples.
func (l *labelledSounds) add(samples []float32) error {
	l.session.Reset()
	features, err := l.session.Run(samples)
	if err != nil {
		return err
	}
	return l.store.Add(dataset.Sequence{Inputs: features})
}

// entries yields the sounds of a folder or a table, with their features.
func (l *labelledSounds) entries(path string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for i, s := range l.listed[path] {
			q, err := l.store.At(l.first[path] + i)
			e := entry{path: s.Path, labels: []string{s.Label}, group: s.Group, inputs: q.Inputs, width: l.front.Width()}
			if s.Line > 0 {
				e.path, e.lines = path, []int{s.Line}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// addMade adds altered copies of the training sounds to the set. If background is not "",
// it also adds windows of background with this label, as many as a label has sounds on
// average.
func (l *labelledSounds) addMade(s *labelledSet, a *alteration, background string, seed uint64) error {
	if a.copies == 0 && background == "" {
		return nil
	}
	first := len(s.train) + len(s.valid) + len(s.test)
	labels := map[string]bool{}
	make := func(times int, sound dataset.LabelledSound, label string, alter func([]float32, *rand.Rand) ([]float32, error)) error {
		if times == 0 {
			return nil
		}
		samples, err := l.read(sound.Path)
		for i := 0; i < times && err == nil; i++ {
			var made []float32
			if made, err = alter(samples, rand.New(rand.NewPCG(seed, uint64(len(l.made))))); err == nil {
				err = l.add(made)
			}
			l.made = append(l.made, label)
		}
		return err
	}
	heard := slices.Clone(s.train)
	for _, n := range heard {
		sound := l.number(n, s.paths)
		labels[sound.Label] = true
		if err := make(a.copies, sound, sound.Label, a.copy); err != nil {
			return err
		}
	}
	l.altered = len(l.made)
	if background != "" {
		for i := range len(heard) * (1 + a.copies) / len(labels) {
			if err := make(1, l.number(heard[i%len(heard)], s.paths), background, a.background); err != nil {
				return err
			}
		}
	}
	for i := range l.made {
		s.train = append(s.train, first+i)
	}
	s.further = l.madeEntries
	return nil
}

// announceMade prints the number of generated sounds.
func (l *labelledSounds) announceMade(w io.Writer) {
	if l.altered > 0 {
		fmt.Fprintf(w, "altered copies among the sounds to train on: %d\n", l.altered)
	}
	if n := len(l.made) - l.altered; n > 0 {
		fmt.Fprintf(w, "background among the sounds to train on: %d\n", n)
	}
}

// madeEntries yields the generated sounds.
func (l *labelledSounds) madeEntries() iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		first := l.store.Len() - len(l.made)
		for i, label := range l.made {
			q, err := l.store.At(first + i)
			if !yield(entry{path: "a sound that was made", labels: []string{label}, inputs: q.Inputs, width: l.front.Width()}, err) || err != nil {
				return
			}
		}
	}
}

// number returns the sound of entry n, counted over all folders and tables.
func (l *labelledSounds) number(n int, paths []string) dataset.LabelledSound {
	for _, path := range paths {
		if list := l.listed[path]; n < len(list) {
			return list[n]
		} else {
			n -= len(list)
		}
	}
	panic("an entry of no sound")
}

// describe records in a model how its training sounds were read.
func (l *labelledSounds) describe(m *format.Model) {
	m.Data.Window = l.window
	add := func(key, value string) {
		if value != "" {
			m.Provenance = append(m.Provenance, format.Property{Key: key, Value: value})
		}
	}
	add(frontEndProperty, l.specification)
	add(patternProperty, l.options.Pattern)
	add(cli.GroupProperty, l.options.GroupColumn)
	if l.window > 0 {
		add(cli.StrideProperty, strconv.Itoa(l.stride))
	}
}

// The keys of the provenance for a model's front end and for the labels of its sounds.
const (
	frontEndProperty = "front end"
	patternProperty  = "pattern of sounds"
)
