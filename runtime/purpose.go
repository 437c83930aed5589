package runtime

import (
	"iter"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// Task returns the task of the model, which determines the calls to use: see the
// package comment.
func (m *Model) Task() format.Task { return m.description.Task }

// ReadsText reports whether the model has a tokenizer, and so reads text. If
// not, it reads the tokens 0 to [Model.VocabularySize] - 1, or numbers if that
// is 0.
func (m *Model) ReadsText() bool { return m.description.Tokenizer != nil }

// Labels returns a copy of the names of the classes, by index. It is empty if
// the model does not name them.
func (m *Model) Labels() []string { return slices.Clone(m.labels) }

// ClassCount returns the number of classes of a classifier or a tagger, and 0
// for other tasks. A single output of a sigmoid stands for two classes.
func (m *Model) ClassCount() int {
	d := m.description
	switch {
	case d.Task != format.TaskClassify && d.Task != format.TaskTag:
		return 0
	case d.Output == format.OutputSigmoid && d.LogitCount() == 1:
		return 2
	}
	return d.LogitCount()
}

// Split returns the text of each token of a text. A tagger gives a class to
// each of these tokens. Without a tokenizer there are none.
func (m *Model) Split(text string) iter.Seq[string] {
	if m.tokenizer == nil {
		return func(func(string) bool) {}
	}
	return m.tokenizer.Split(text)
}

// SampleRate returns the steps per second that the model was made for, or 0 if
// it does not say.
func (m *Model) SampleRate() float64 { return m.description.SampleRate }
