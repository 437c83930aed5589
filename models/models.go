// Package models holds the models that are built into the commands, each as the
// bytes of its file for [github.com/rnnrun/rnnrun/runtime.Load]. A program links
// only those whose functions it calls. How each was trained stands in
// testdata/README.md.
package models

import _ "embed"

// Strings, since they cannot be changed. Each is linked only if it is used.
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

// G2PEn returns the model g2p-en, which translates the letters of an English word
// into its phonemes.
func G2PEn() []byte { return []byte(g2pEn) }

// SentimentKo returns the model sentiment-ko, which says of a Korean review
// whether it is positive or negative.
func SentimentKo() []byte { return []byte(sentimentKo) }

// Shakespeare returns the model shakespeare, which writes text like that of his
// plays, a character after the other.
func Shakespeare() []byte { return []byte(shakespeare) }

// VAD returns the model vad, which gives the probability of speech for each 256 samples
// of 16 kHz.
func VAD() []byte { return []byte(vad) }
