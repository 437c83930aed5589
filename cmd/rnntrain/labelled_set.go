package main

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// A labelledSet is the examples of one or two files, with labels or with values to
// predict. They may be larger than memory: each use reads the files again.
type labelledSet struct {
	paths []string
	read  func(path string) iter.Seq2[entry, error]
	// further yields training entries in addition to those of the files; nil: none.
	further func() iter.Seq2[entry, error]
	// aligned means that each text of an entry is one token with a label.
	aligned bool
	testing float64  // fraction of the first file's entries to hold back for the test
	testOn  []string // groups of the first file to hold back for the test, instead of a fraction
	holds   bool     // some entries are held back

	train, valid, test []int       // indexes of entries, over all files, in the order of use
	labels             []string    // labels of the training entries, in order
	groups             [2]int      // number of groups with training entries, and with held-back entries
	names              [3][]string // names of the groups for training, validation and test
	moved              []string    // labels whose entries were all moved to the training entries

	// For entries of numbers:
	width         int
	outputs       int  // values to predict; 0: entries have labels
	binary        bool // values are 0 or 1, and not normalized
	normalization *format.Normalization

	store   *dataset.SequenceStore // of all examples
	tests   dataset.Examples       // test examples, once encoded
	encoder *cutEncoder            // encoder of texts, once used
}

// Close releases the examples.
func (s *labelledSet) Close() error {
	if s.store == nil {
		return nil
	}
	return s.store.Close()
}

// An entry is an example: a text with its label, tokens with a label each, or
// numbers with a label or with values to predict.
type entry struct {
	texts, labels []string
	lines         []int // line of each text; nil: the file is one entry
	path          string
	inputs        []float32 // [steps][width], for an entry of numbers
	width         int
	values        []float32 // [outputs] or [steps][outputs], for an entry without labels
	group         string    // group of the entry; "": none
}

// place returns the file and the line of text i of an entry.
func (e *entry) place(i int) string {
	if i >= len(e.lines) {
		return e.path
	}
	return fmt.Sprintf("%s: line %d", e.path, e.lines[i])
}

// divide holds back a fraction of the entries of each label, chosen by the seed, unless
// there is a validation file.
func (s *labelledSet) divide(validation string, fraction float64, seed uint64) (err error) {
	s.holds = s.testing > 0 || s.testOn != nil || validation == "" && fraction > 0
	var members []member
	for e, err := range s.read(s.paths[0]) {
		if err != nil {
			return err
		}
		m := member{group: e.group}
		if !s.aligned && len(e.labels) > 0 {
			m.class = e.labels[0]
		}
		s.train = append(s.train, len(members))
		members = append(members, m)
	}
	n := len(members)
	if s.testOn != nil {
		if s.train, s.test, err = holdBackGroups(members, s.testOn); err != nil {
			return fmt.Errorf("%s: %w", s.paths[0], err)
		}
	}
	if s.testing > 0 {
		s.train, s.test = holdBack(members, s.testing, seed)
		slices.Sort(s.train)
		slices.Sort(s.test)
	}
	if validation == "" {
		s.train, s.valid = holdBackOf(members, s.train, fraction, seed)
		s.groups = [2]int{countGroups(members, s.train), countGroups(members, s.valid)}
		return s.nameGroups(members)
	}
	s.paths = append(s.paths, validation)
	for _, err := range s.read(validation) {
		if err != nil {
			return err
		}
		s.valid = append(s.valid, n+len(s.valid))
	}
	return nil
}

// nameGroups sets the names of the groups. It refuses a group that is on two sides.
func (s *labelledSet) nameGroups(members []member) error {
	side := map[string]int{}
	for i, numbers := range [][]int{s.train, s.valid, s.test} {
		for _, number := range numbers {
			group := members[number].group
			if group == "" {
				continue
			}
			at, found := side[group]
			if found && at != i {
				return fmt.Errorf("the group %s is both trained on and held back", message.Quote(group))
			}
			if side[group] = i; !found {
				s.names[i] = append(s.names[i], group)
			}
		}
		slices.Sort(s.names[i])
	}
	return nil
}

// announceSides prints how many entries are on each side and, if they have groups, which
// groups.
func (s *labelledSet) announceSides(w io.Writer, what string, grouped bool) {
	for i, use := range []string{"train on", "validate on", "measure on at the end"} {
		n := len([][]int{s.train, s.valid, s.test}[i])
		switch names := s.names[i]; {
		case n == 0:
		case grouped && len(names) > 0:
			fmt.Fprintf(w, "%d %s to %s, in %s: %s\n", n, what, use, message.Count(len(names), "group"), message.List(names))
		default:
			fmt.Fprintf(w, "%d %s to %s\n", n, what, use)
		}
	}
	if grouped && s.holds && len(s.valid)+len(s.test) == 0 {
		fmt.Fprintf(w, "no group is held back, since training needs examples of every class\n")
	}
}

// entries yields the entries of all files.
func (s *labelledSet) entries() iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for _, path := range s.paths {
			for e, err := range s.read(path) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
		if s.further == nil {
			return
		}
		for e, err := range s.further() {
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// learn collects the labels of the training entries. It returns the vocabulary of their
// texts, or sets the normalization of their numbers.
func (s *labelledSet) learn(z *format.Tokenizer, f *textFlags) ([]string, error) {
	held := s.heldBack()
	labels := map[string]bool{}
	unseen := map[string][]int{} // held-back entries by label, for labels not seen among training entries
	var moments, outcomes dataset.Moments
	var failed error
	texts := func(yield func(string) bool) {
		number := 0
		for e, err := range s.entries() {
			if failed = err; err != nil {
				return
			}
			if failed = s.checkWidth(e); failed != nil {
				return
			}
			if number++; held[number-1] {
				for _, l := range e.labels {
					if !labels[l] {
						unseen[l] = append(unseen[l], number-1)
					}
				}
				continue
			}
			for at := 0; at < len(e.inputs); at += e.width {
				moments.Add(e.inputs[at:][:e.width])
			}
			for at := 0; at < len(e.values); at += s.outputs {
				outcomes.Add(e.values[at:][:s.outputs])
			}
			for _, l := range e.labels {
				labels[l] = true
				delete(unseen, l)
			}
			for _, text := range e.texts {
				if !yield(text) {
					return
				}
			}
		}
	}
	var vocabulary []string
	if z == nil || z.Kind == format.TokenizerBytes {
		texts(func(string) bool { return true })
	} else {
		z.Unknown = 0
		vocabulary = tokenizer.Vocabulary(z, texts, f.vocabulary, f.minCount, unknown)
	}
	if len(s.paths) == 1 {
		s.trainOn(unseen, labels)
	}
	s.labels = sortedLabels(labels)
	if failed == nil {
		s.normalize(&moments, &outcomes)
	}
	return vocabulary, failed
}

// heldBack returns whether each entry is held back.
func (s *labelledSet) heldBack() []bool {
	held := make([]bool, len(s.train)+len(s.valid)+len(s.test))
	for _, i := range slices.Concat(s.valid, s.test) {
		held[i] = true
	}
	return held
}

// normalize sets the normalization from the moments of the inputs and of the values to
// predict.
func (s *labelledSet) normalize(inputs, outputs *dataset.Moments) {
	s.normalization = inputs.Normalization()
	if s.binary {
		return
	}
	for i := range s.outputs {
		s.normalization.OutputMean = append(s.normalization.OutputMean, float32(outputs.Mean(i)))
		s.normalization.OutputScale = append(s.normalization.OutputScale, float32(outputs.Deviation(i)))
	}
}

// trainOn moves held-back entries to the training entries if training would not see their
// labels otherwise. Their texts add nothing to the vocabulary.
func (s *labelledSet) trainOn(unseen map[string][]int, labels map[string]bool) {
	move := map[int]bool{}
	for l, entries := range unseen {
		labels[l] = true
		for _, i := range entries {
			move[i] = true
		}
	}
	s.moved = sortedLabels(unseen)
	s.train = append(slices.Clip(s.train), slices.Sorted(maps.Keys(move))...)
	s.valid = slices.DeleteFunc(slices.Clone(s.valid), func(i int) bool { return move[i] })
}

// checkWidth refuses an entry whose steps have another number of values than those before
// it.
func (s *labelledSet) checkWidth(e entry) error {
	if s.width == 0 {
		s.width = e.width
	}
	if e.width != s.width {
		return fmt.Errorf("%s: its steps have %s, but those before it %d", e.place(0), message.Count(e.width, "number"), s.width)
	}
	return nil
}

// examples returns the training and validation entries as sequences. It counts entries
// that are left out because their text has no tokens.
func (s *labelledSet) examples(z *format.Tokenizer, vocabulary []string, memory int64) (train, valid dataset.Examples, empty int, err error) {
	if s.width == 0 {
		if s.encoder, err = newCutEncoder(z, vocabulary); err != nil {
			return nil, nil, 0, err
		}
	}
	store := dataset.NewSequenceStore(memory)
	s.store = store
	var places []int // indexes of the entries in the store; -1: left out
	for e, err := range s.entries() {
		if err != nil {
			return nil, nil, 0, err
		}
		q, err := s.sequence(e)
		if err != nil {
			return nil, nil, 0, err
		}
		if len(q.Tokens) == 0 && len(q.Inputs) == 0 {
			places = append(places, -1)
			empty++
			continue
		}
		places = append(places, store.Len())
		if err := store.Add(q); err != nil {
			return nil, nil, 0, err
		}
	}
	at := func(entries []int) dataset.Examples {
		var numbers []int
		for _, i := range entries {
			if places[i] >= 0 {
				numbers = append(numbers, places[i])
			}
		}
		return dataset.Select(store, numbers)
	}
	s.tests = at(s.test)
	return at(s.train), at(s.valid), empty, nil
}

// sequence encodes an entry.
func (s *labelledSet) sequence(e entry) (q dataset.Sequence, err error) {
	q.Inputs, q.Values = e.inputs, e.values
	for i, label := range e.labels {
		class := slices.Index(s.labels, label)
		if class < 0 {
			return q, fmt.Errorf("%s: the label %s is not one of %s", e.place(i), message.Quote(label), message.List(s.labels))
		}
		q.Classes = append(q.Classes, int32(class))
		if e.inputs != nil {
			continue
		}
		text, before := e.texts[i], len(q.Tokens)
		if q.Tokens, err = s.encoder.encode(q.Tokens, text); err != nil {
			return q, fmt.Errorf("%s: %w", e.place(i), err)
		}
		if n := len(q.Tokens) - before; s.aligned && n != 1 {
			return q, fmt.Errorf("%s: %s is %s of the kind %v, but has only one tag; see --tokens", e.place(i), message.Quote(text), message.Count(n, "token"), s.encoder.encoder.Options().Kind)
		}
	}
	return q, nil
}
