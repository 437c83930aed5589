package main

import rnn "github.com/rnnrun/rnnrun/runtime"

const (
	aheadStreams = 64      // most sequences that are read together
	aheadTexts   = 512     // most texts that wait for an answer
	aheadBytes   = 1 << 18 // and their bytes
	aheadMemory  = 1 << 24 // and their bytes in a session
)

// ahead runs the texts that are available as one batch, which is faster than one by one.
// A text that it skips is run when it is answered.
type ahead struct {
	batch   *rnn.Batch
	read    func(text string) ([]int32, error)
	tokens  []int32
	list    [][]int32
	texts   []string
	classes []rnn.Class
	known   map[string][]rnn.Class // by text
}

// newAhead returns an ahead for a model. read returns the tokens of a text.
func newAhead(m *rnn.Model, read func(text string) ([]int32, error)) *ahead {
	return &ahead{batch: m.NewBatch(aheadStreams), read: read, known: map[string][]rnn.Class{}}
}

// take runs texts. answer appends the classes of sequences: one for each sequence, or, if
// each is set, one for each token.
func (a *ahead) take(texts []string, each bool, answer func(dst []rnn.Class, tokens [][]int32) ([]rnn.Class, error)) {
	m := a.batch.Model()
	clear(a.known)
	a.classes = a.classes[:0]
	for _, text := range texts {
		tokens, err := a.read(text)
		if err != nil || len(tokens) == 0 || m.SequenceBytes(len(tokens)) > aheadMemory {
			continue // the error is reported when the text is answered
		}
		if m.SequenceBytes(len(a.tokens)+len(tokens)) > aheadMemory {
			a.answer(each, answer)
		}
		at := len(a.tokens)
		a.tokens = append(a.tokens, tokens...)
		a.list, a.texts = append(a.list, a.tokens[at:len(a.tokens):len(a.tokens)]), append(a.texts, text)
	}
	a.answer(each, answer)
}

// answer stores the classes of the texts that were read, and forgets their tokens.
func (a *ahead) answer(each bool, answer func(dst []rnn.Class, tokens [][]int32) ([]rnn.Class, error)) {
	before := len(a.classes)
	var err error
	if a.classes, err = answer(a.classes, a.list); err == nil {
		rest := a.classes[before:]
		for i, text := range a.texts {
			n := 1
			if each {
				n = len(a.list[i])
			}
			a.known[text], rest = rest[:n:n], rest[n:]
		}
	}
	a.tokens, a.list, a.texts = a.tokens[:0], a.list[:0], a.texts[:0]
}

// classesOf returns the classes of a text that was read ahead, or nil.
func (a *ahead) classesOf(text string) []rnn.Class {
	if a == nil {
		return nil
	}
	return a.known[text]
}
