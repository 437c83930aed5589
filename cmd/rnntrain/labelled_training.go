package main

import (
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/trainer"
)

// A labelledTraining has the flags and the state of the commands that train on labelled
// texts or numbers.
type labelledTraining struct {
	training
	text  textFlags
	names labelNames
	read  func(path string) iter.Seq2[entry, error]
	tells columnTeller // describes the columns that read reads

	readings   *readings       // nil: entries are not windows of readings
	sounds     *labelledSounds // nil: entries are not sounds
	alteration *alteration     // alteration of training sounds
	background string          // label of sounds without a word; "": none
	testing    float64         // fraction of the windows to hold back for the test
	testOn     []string        // groups to hold back for the test, instead of a fraction
	confusion  string          // file for a drawing of the confusion matrix; "": none
	balanced   bool

	entries    *labelledSet
	tokenizer  *format.Tokenizer // nil: entries are numbers
	vocabulary []string
	shown      []string // names of the classes
}

func (l *labelledTraining) add(c *cobra.Command) {
	l.output.add(c)
	l.network.add(c)
	l.text.add(c)
	l.fit.add(c)
	l.addValidation(c, 0.05, "data to validate on, instead of part of DATA", "fraction of DATA to hold back")
	l.names.add(c)
}

// run trains a network on the entries of a file. The entries of a tagger have a
// label for every token.
func (l *labelledTraining) run(c *cobra.Command, path string, task format.Task, pool format.Pool) (err error) {
	if err := l.prepare(c, task, path); err != nil {
		return err
	}
	defer l.outputs.Release()
	if err := l.origin.agree(c); err != nil {
		return err
	}
	l.architecture.Pool, l.architecture.Output = pool, format.OutputSoftmax
	if err := l.text.refuseIdle(c); err != nil {
		return err
	}
	if l.tokenizer, err = l.text.tokenizer(); err != nil {
		return err
	}
	l.entries = &labelledSet{paths: []string{path}, read: l.read, aligned: task == format.TaskTag, testing: l.testing, testOn: l.testOn}
	defer l.entries.Close()
	if err := l.printTables(path); err != nil {
		return err
	}
	if err := l.entries.divide(l.validation, l.fraction, l.fit.seed); err != nil {
		return err
	}
	if err := l.learn(); err != nil {
		return err
	}
	if l.tokenizer != nil && l.tokenizer.Kind == format.TokenizerWords {
		announceNumbers(c.ErrOrStderr(), l.vocabulary)
	}
	if labels := l.entries.labels; len(labels) < 2 {
		return fmt.Errorf("%s: every label is %s; learning needs at least two", path, message.List(labels))
	}
	train, valid, empty, err := l.entries.examples(l.tokenizer, l.vocabulary, l.fit.memoryLimit())
	if err != nil {
		return err
	}
	l.announceGroups()
	if moved := l.entries.moved; len(moved) > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "labels whose rows are all used for training, because training would not see these labels otherwise: %.400q\n", moved)
	}
	l.announceValidation(valid.Len())
	if cut := l.entries.encoder.report(); cut != "" {
		fmt.Fprintf(c.ErrOrStderr(), "%s; see --max-length\n", cut)
	}
	if e := l.entries.encoder; e != nil {
		e.forms.print(c.ErrOrStderr(), l.tokenizer, "texts")
	}
	if empty > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "left out %s with an empty text\n", message.Count(empty, "row"))
	}
	j, err := l.job(train, valid)
	if err != nil {
		return err
	}
	return j.run(c.Context())
}

// announceGroups prints which groups, or how many, are held back.
func (l *labelledTraining) announceGroups() {
	stderr := l.command.ErrOrStderr()
	if l.readings != nil {
		l.readings.announce(stderr, l.entries)
	} else if l.sounds != nil {
		l.entries.announceSides(stderr, "sounds", l.sounds.grouped)
		l.sounds.announceMade(stderr)
	} else if g := l.entries.groups; g[0]+g[1] > 0 {
		fmt.Fprintf(stderr, "%d of %d groups are held back\n", g[1], g[0]+g[1])
	}
}

// printTables prints which columns of the files are read.
func (l *labelledTraining) printTables(path string) error {
	if l.readings != nil {
		l.readings.keep(l.origin)
		return l.readings.openAll(l.command.ErrOrStderr(), path, l.validation)
	}
	if l.sounds != nil {
		return l.sounds.open(l.command.ErrOrStderr(), path, l.validation)
	}
	err := printTable(l.command.ErrOrStderr(), l.tells, path)
	if err == nil && l.validation != "" {
		err = printTable(l.command.ErrOrStderr(), l.tells, l.validation)
	}
	return err
}

// learn makes altered sounds from the training sounds. It collects the labels, and the
// vocabulary or the normalization, or keeps those of the model of --from.
func (l *labelledTraining) learn() (err error) {
	if l.sounds != nil {
		if err := l.sounds.addMade(l.entries, l.alteration, l.background, l.fit.seed); err != nil {
			return err
		}
	}
	if l.vocabulary, err = l.entries.learn(l.tokenizer, &l.text); err != nil {
		return err
	}
	if l.origin == nil {
		l.shown, err = l.names.of(l.entries.labels)
	} else {
		m := l.origin.model
		l.tokenizer, l.vocabulary, l.shown = m.Tokenizer, m.Vocabulary, m.Labels
		err = l.origin.keep(l.entries)
	}
	if l.entries.width > 0 {
		l.tokenizer, l.vocabulary = nil, nil
	}
	return err
}

// job returns the job that trains on the examples.
func (l *labelledTraining) job(train, valid dataset.Examples) (*job, error) {
	task, err := trainer.NewSequenceTask(train, valid, l.fit.batch)
	if err == nil && l.balanced {
		err = task.Balance()
	}
	if err != nil {
		return nil, err
	}
	a := &l.architecture
	a.Outputs = len(l.entries.labels)
	switch {
	case l.tokenizer == nil:
		a.InputSize = l.entries.width
	case l.tokenizer.Kind == format.TokenizerBytes:
		a.Tokens = 256
	default:
		a.Tokens = len(l.vocabulary)
	}
	j, err := l.newJob(task, l.entries.paths)
	if err != nil {
		return nil, err
	}
	j.describe = func(m *format.Model) {
		m.Tokenizer, m.Vocabulary, m.Labels = l.tokenizer, l.vocabulary, l.shown
		if l.tokenizer == nil {
			m.Normalization = l.entries.normalization
		}
		m.Data = &format.Data{Labels: l.entries.labels}
		if l.readings != nil {
			l.readings.describe(m)
		}
		if l.sounds != nil {
			l.sounds.describe(m)
		}
	}
	if l.sounds != nil {
		return j, l.finishSounds(j)
	}
	if l.readings != nil {
		j.measure = func() (measurement, error) { return l.measure(valid) }
	}
	for i := range min(3, train.Len()) {
		s, err := train.At(i)
		if err != nil {
			return nil, err
		}
		j.goldens = append(j.goldens, s)
		if s.Inputs != nil {
			break // more goldens would take too much space
		}
	}
	return j, nil
}
