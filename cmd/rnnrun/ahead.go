package main

import rnn "github.com/rnnrun/rnnrun/runtime"

const (
	aheadStreams = 64      // sequences that are read together
	aheadTexts   = 512     // texts that wait for an answer at most
	aheadBytes   = 1 << 18 // and the bytes of them
	aheadMemory  = 1 << 24 // and the bytes that they take in a session
)

// ahead reads the texts that are at hand together, which takes a part of the time
// that they take one by one. What it leaves out is answered as if there were none.
type ahead struct {
	batch   *rnn.Batch
	read    func(text string) ([]int32, error)
	tokens  []int32
	list    [][]int32
	texts   []string
	classes []rnn.Class
	known   map[string][]rnn.Class // by text
}

// newAhead returns what reads texts ahead by their tokens, which read gives.
func newAhead(m *rnn.Model, read func(text string) ([]int32, error)) *ahead {
	return &ahead{batch: m.NewBatch(aheadStreams), read: read, known: map[string][]rnn.Class{}}
}

// take reads texts, and answer appends the classes of sequences, each of which has one
// or one for each token.
func (a *ahead) take(texts []string, each bool, answer func(dst []rnn.Class, tokens [][]int32) ([]rnn.Class, error)) {
	m := a.batch.Model()
	clear(a.known)
	a.tokens, a.list, a.texts = a.tokens[:0], a.list[:0], a.texts[:0]
	for _, text := range texts {
		tokens, err := a.read(text)
		if err != nil || len(tokens) == 0 || m.SequenceBytes(len(a.tokens)+len(tokens)) > aheadMemory {
			continue // whoever answers it says why
		}
		at := len(a.tokens)
		a.tokens = append(a.tokens, tokens...)
		a.list, a.texts = append(a.list, a.tokens[at:len(a.tokens):len(a.tokens)]), append(a.texts, text)
	}
	var err error
	if a.classes, err = answer(a.classes[:0], a.list); err != nil {
		return
	}
	rest := a.classes
	for i, text := range a.texts {
		n := 1
		if each {
			n = len(a.list[i])
		}
		a.known[text], rest = rest[:n:n], rest[n:]
	}
}

// classesOf returns the classes of a text that was read ahead, or nil.
func (a *ahead) classesOf(text string) []rnn.Class {
	if a == nil {
		return nil
	}
	return a.known[text]
}
