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
// predict. They may be larger than the memory: each use of them reads the files again.
type labelledSet struct {
	paths []string
	read  func(path string) iter.Seq2[entry, error]
	// further yields entries to train on beside those of the files; nil: there are none.
	further func() iter.Seq2[entry, error]
	// aligned: an entry's texts are one token each, with a label each.
	aligned bool
	testing float64  // the fraction of the entries of the first file to measure on at the end
	testOn  []string // the groups of the first file to measure on at the end, in place of a fraction
	holds   bool     // some of its entries are to be held back

	train, valid, test []int       // numbers of entries, over all files, in the order to use them
	labels             []string    // of those to train on, in order
	groups             [2]int      // how many have entries to train on, and held back
	names              [3][]string // of the groups to train on, to validate on and to measure on
	moved              []string    // labels whose entries would all have been held back

	// If entries are numbers:
	width         int
	outputs       int  // values to predict; 0: entries have labels
	binary        bool // they are 0 or 1, and stay so
	normalization *format.Normalization

	store   *dataset.SequenceStore // of all examples
	tests   dataset.Examples       // those to measure on, when there are examples
	encoder *cutEncoder            // of texts, when they have been encoded
}

// Close lets the examples go.
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
	lines         []int // of the file, where each text stands; nil: the file is the entry
	path          string
	inputs        []float32 // [steps][width], of an entry without texts
	width         int
	values        []float32 // [outputs] or [steps][outputs], of an entry without labels
	group         string    // what it has in common with others; "": nothing
}

// place says where line i of an entry is.
func (e *entry) place(i int) string {
	if i >= len(e.lines) {
		return e.path
	}
	return fmt.Sprintf("%s: line %d", e.path, e.lines[i])
}

// divide holds back a fraction of the entries, of one label alike, chosen by the
// seed, unless there is another file to validate on.
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

// nameGroups sets the names of the groups, none of which may be on two sides.
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

// announceSides prints how many of the entries are on which side and, if they have some,
// which groups.
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

// entries yields those of all files.
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

// learn finds the labels of the entries to train on, and returns the vocabulary
// of their texts, or finds the normalization of their numbers.
func (s *labelledSet) learn(z *format.Tokenizer, f *textFlags) ([]string, error) {
	held := s.heldBack()
	labels := map[string]bool{}
	unseen := map[string][]int{} // the entries held back with a label that has not been met outside of them
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

// heldBack tells of every entry whether it is held back.
func (s *labelledSet) heldBack() []bool {
	held := make([]bool, len(s.train)+len(s.valid)+len(s.test))
	for _, i := range slices.Concat(s.valid, s.test) {
		held[i] = true
	}
	return held
}

// normalize sets the normalization by the moments of inputs and of values to predict.
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

// trainOn moves entries that are held back to those to train on, so that no label is
// only measured. Their texts add nothing to the vocabulary.
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

// checkWidth refuses an entry whose steps have more or fewer numbers than those
// of the entries before it.
func (s *labelledSet) checkWidth(e entry) error {
	if s.width == 0 {
		s.width = e.width
	}
	if e.width != s.width {
		return fmt.Errorf("%s: its steps have %s, but those before it %d", e.place(0), message.Count(e.width, "number"), s.width)
	}
	return nil
}

// examples returns the entries to train on and to validate on as sequences. It
// counts those that are left out since their text has no token.
func (s *labelledSet) examples(z *format.Tokenizer, vocabulary []string, memory int64) (train, valid dataset.Examples, empty int, err error) {
	if s.width == 0 {
		if s.encoder, err = newCutEncoder(z, vocabulary); err != nil {
			return nil, nil, 0, err
		}
	}
	store := dataset.NewSequenceStore(memory)
	s.store = store
	var places []int // of the entries in the store; -1: left out
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
