// Package models holds the models that are built into the commands, each as the
// bytes of its file, for [github.com/rnnrun/rnnrun/runtime.Load]. A program
// links only the models whose functions it calls. testdata/README.md says how
// each was trained.
package models

import _ "embed"

// The files are strings, which cannot be changed. Each is linked only if it is
// used.
var (
	//go:embed g2p-en.rnn
	g2pEn string
	//go:embed sentiment-ko.rnn
	sentimentKo string
	//go:embed shakespeare.rnn
	shakespeare string
	//go:embed vad.rnn
	vad string
)

// G2PEn returns the model g2p-en, which converts the letters of an English word
// to phonemes.
func G2PEn() []byte { return []byte(g2pEn) }

// SentimentKo returns the model sentiment-ko, which classifies Korean reviews
// as positive or negative.
func SentimentKo() []byte { return []byte(sentimentKo) }

// Shakespeare returns the model shakespeare, which writes text in the style of
// Shakespeare's plays, character by character.
func Shakespeare() []byte { return []byte(shakespeare) }

// VAD returns the model vad, which gives the probability of speech for each 256 samples
// at 16 kHz.
func VAD() []byte { return []byte(vad) }
