package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"iter"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// A pairSet is the pairs of some files, some of which are held back. They may be larger
// than memory: each use reads the files again.
type pairSet struct {
	columns    pairFlags
	paths      []string
	validation string  // validation file; "": part of the other files is held back
	fraction   float64 // how much
	seed       uint64
	forms      formCount
}

// files returns all files.
func (s *pairSet) files() []string {
	if s.validation == "" {
		return s.paths
	}
	return append(s.paths[:len(s.paths):len(s.paths)], s.validation)
}

// A heldPair is a pair, and whether it is held back.
type heldPair struct {
	dataset.TextPair
	path string
	held bool
}

// all yields the pairs of all files.
func (s *pairSet) all() iter.Seq2[heldPair, error] {
	return func(yield func(heldPair, error) bool) {
		for _, path := range s.paths {
			for p, err := range s.columns.read(path) {
				if !yield(heldPair{p, path, s.validation == "" && s.holds(p.Source)}, err) || err != nil {
					return
				}
			}
		}
		if s.validation == "" {
			return
		}
		for p, err := range s.columns.read(s.validation) {
			if !yield(heldPair{p, s.validation, true}, err) {
				return
			}
		}
	}
}

// holds reports whether the pairs of a source are held back. All pairs of a source are on
// the same side, so that no source in the validation data was seen in training with
// another target. It depends only on the source and the seed.
func (s *pairSet) holds(source string) bool {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d\n%s", s.seed, nfc.String(source))
	// The highest bits of FNV depend little on the last bytes of the input.
	mixed := h.Sum64()
	mixed = (mixed ^ mixed>>33) * 0xff51afd7ed558ccd
	mixed = (mixed ^ mixed>>33) * 0xc4ceb9fe1a85ec53
	return float64(mixed>>11)/(1<<53) < s.fraction
}

// heldBack yields the pairs that are held back.
func (s *pairSet) heldBack() iter.Seq2[dataset.TextPair, error] {
	return func(yield func(dataset.TextPair, error) bool) {
		for p, err := range s.all() {
			if (err != nil || p.held) && !yield(p.TextPair, err) {
				return
			}
		}
	}
}

// learn finds the vocabularies of both sides.
func (s *pairSet) learn(source, target *side) error {
	var failed error
	texts := func(of func(p *dataset.TextPair) string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for p, err := range s.all() {
				if failed = err; err != nil || !p.held && !yield(of(&p.TextPair)) {
					return
				}
			}
		}
	}
	err := source.learn(texts(func(p *dataset.TextPair) string { return p.Source }), false)
	if err == nil && failed == nil {
		err = target.learn(texts(func(p *dataset.TextPair) string { return p.Target }), true)
	}
	return errors.Join(failed, err)
}

// examples returns the training and validation pairs. It counts the pairs that are left
// out because a side is empty or longer than longest tokens.
func (s *pairSet) examples(source, target *side, longest int, store *dataset.SequenceStore) (train, valid dataset.Examples, leftOut int, err error) {
	var places [2][]int
	for p, err := range s.all() {
		var q dataset.Sequence
		if err == nil {
			s.forms.add(p.Source)
			s.forms.add(p.Target)
			q, err = pairSequence(&p.TextPair, source, target)
		}
		if err != nil {
			if p.path != "" {
				err = fmt.Errorf("%s: line %d: %w", p.path, p.Line, err)
			}
			return nil, nil, 0, err
		}
		if n := max(len(q.Source), len(q.Tokens)-1); len(q.Source) == 0 || len(q.Tokens) == 1 || longest > 0 && n > longest {
			leftOut++
			continue
		}
		set := 0
		if p.held {
			set = 1
		}
		places[set] = append(places[set], store.Len())
		if err := store.Add(q); err != nil {
			return nil, nil, 0, err
		}
	}
	return dataset.Select(store, places[0]), dataset.Select(store, places[1]), leftOut, nil
}

// pairSequence encodes a pair. The decoder reads the start token and the target, and
// predicts the target and the end token. Tokens outside the vocabulary have no loss, so
// the model does not learn to write them.
func pairSequence(p *dataset.TextPair, source, target *side) (q dataset.Sequence, err error) {
	if q.Source, err = source.encoder.Encode(nil, p.Source); err != nil {
		return q, err
	}
	z := target.tokenizer
	if q.Tokens, err = target.encoder.Encode([]int32{int32(z.Start)}, p.Target); err != nil {
		return q, err
	}
	for _, token := range q.Tokens[1:] {
		if int(token) == z.Unknown {
			token = dataset.Ignore
		}
		q.Classes = append(q.Classes, token)
	}
	q.Classes = append(q.Classes, int32(z.End))
	return q, nil
}
