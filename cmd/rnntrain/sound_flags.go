package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
)

// soundFlags define the labels of WAV files and how they are read.
type soundFlags struct {
	frontEnd   string
	pattern    string
	resample   bool
	augment    string
	background string
}

// ofSounds are the flags for sounds only.
var ofSounds = []string{"front-end", "pattern", "resample", "augment", "background"}

func (f *soundFlags) add(c *cobra.Command) {
	f.addReading(c)
	c.Flags().StringVar(&f.frontEnd, "front-end", "", "sounds: how features are computed from samples, such as mfcc:rate=16000; becomes part of the model (docs/frontends.md)")
	c.Flags().StringVar(&f.augment, "augment", "", "sounds: also train on altered copies, this many and altered like this: "+augmentHelp+" (default: speed=10,gain=10,filter=0.7,snr=10)")
	c.Flags().StringVar(&f.background, "background", "", "sounds in windows: label of generated noise and parts of words, the most common class in a stream")
}

// addReading adds the flags that define how sounds are read.
func (f *soundFlags) addReading(c *cobra.Command) {
	c.Flags().StringVar(&f.pattern, "pattern", "", "folders of sounds: pattern of the ends of paths, without .wav, such as {label}_{group}_* (default: {label}/*)")
	c.Flags().BoolVar(&f.resample, "resample", false, "sounds: convert to the model's sample rate")
}

func (f *soundFlags) options(columns columnFlags) dataset.SoundsOptions {
	return dataset.SoundsOptions{Pattern: f.pattern, LabelColumn: columns.label, GroupColumn: columns.group}
}

// isFolder reports whether data is a folder, which has sounds.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// refuseIdle refuses flags that have no effect for sounds.
func (f *soundFlags) refuseIdle(c *cobra.Command, path string) error {
	if isFolder(path) {
		if err := refuseIdle(c, "--pattern gives the labels and groups of a folder's sounds", "label", "group"); err != nil {
			return err
		}
	} else if err := refuseIdle(c, path+" is a table of sounds", "pattern"); err != nil {
		return err
	}
	return refuseIdle(c, path+" has sounds", slices.Concat(ofTexts, ofNumbers, without(ofReadings, "window", "stride"))...)
}

// refuseOthers refuses a folder if it is not read as sounds, and flags that have no
// effect for the data that a model is measured on.
func (f *soundFlags) refuseOthers(c *cobra.Command, model string, d *format.Model, data string, sounds bool) error {
	switch {
	case sounds:
		if err := refuseIdle(c, data+" has sounds, each of which is measured once", "stride"); err != nil {
			return err
		}
		return f.refuseIdle(c, data)
	case isFolder(data):
		what, _ := dataUses(d)
		return cli.Usagef("%s is a folder, but only classifiers of sounds read folders, and %s is %s: give a file", data, model, what)
	case series.KindOf(data) == series.KindSound:
		return refuseIdle(c, data+" is one sound", "pattern")
	}
	return refuseIdle(c, data+" has no sounds", "pattern", "resample")
}

// runSounds trains a classifier of the sounds of a folder or a table.
func (t *classTraining) runSounds(c *cobra.Command, path string, pool format.Pool) (err error) {
	if t.sound.frontEnd == "" {
		return cli.Usagef("%s is a folder, whose sounds need a --front-end: for instance mfcc:rate=16000 for 16000 samples per second", path)
	}
	if err := t.sound.refuseIdle(c, path); err != nil {
		return err
	}
	if t.reading.window > 0 && t.reading.stride == 0 {
		t.reading.stride = max(1, t.reading.window/5)
	}
	if err := t.checkHeldBack(); err != nil {
		return err
	}
	if t.sounds, err = newLabelledSounds(t.sound.frontEnd, t.fit.memoryLimit()); err != nil {
		return err
	}
	defer t.sounds.Close()
	t.front = t.sounds.front
	t.sounds.options, t.sounds.resample = t.sound.options(t.columns), t.sound.resample
	t.sounds.window, t.sounds.stride = t.reading.window, t.reading.stride
	if t.background = t.sound.background; t.background != "" && t.reading.window == 0 {
		return cli.Usagef("--background needs windows: give --window, too")
	}
	a, err := parseAugmentation(t.sound.augment)
	if err != nil {
		return err
	}
	if t.alteration, err = newAlteration(a, &t.sounds.sounds); err != nil {
		return err
	}
	t.read = t.sounds.entries
	return t.labelledTraining.run(c, path, format.TaskClassify, pool)
}

// checkHeldBack checks the flags of windows and of the test data.
func (t *classTraining) checkHeldBack() error {
	if err := t.reading.check(); err != nil {
		return err
	}
	if err := checkShare("test-fraction", t.testing); err != nil {
		return err
	}
	if t.testOn != nil && t.testing > 0 {
		return cli.Usagef("--test-fraction and --test-groups exclude each other: give only one of them")
	}
	if t.confusion == "" {
		return nil
	}
	t.drawings = []cli.Output{{Flag: "--confusion", Path: t.confusion}}
	return checkChart(t.confusion)
}
