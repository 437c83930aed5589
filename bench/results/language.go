package main

import (
	"fmt"
	"strings"
)

var language = []section{
	{
		title: "War and Peace, character by character",
		text: `
Tolstoy's *War and Peace* in English, public domain, as in cs.stanford.edu/people/karpathy/char-rnn: its first 90 %, of which the last ninth, a tenth of
the whole, is the test. The end of the book was not used. Published on it: 1.077 nats of the best networks of three layers, which have up to
512 units, and 1.195 of a 20-gram (arXiv 1506.02078).`,
		measures: []measure{nats, bits},
		rows:     warAndPeace(),
		after: `
The networks of 128 units are a fraction of the size of the published ones, and saw the book four times; the one with 256 saw it six times. An LSTM
is usually behind a GRU with as many units after so few steps, and needs the higher learning rate that it has here. These are the
training curves of the three networks with three layers of 128 units, drawn by rnntrain plot:

![loss and learning rate](warpeace.svg)`,
	},
	{
		title: "War and Peace, word by word",
		text: `
The same text and split, in lower case; words that occur less than 5 times count as one word, which is 9.3 % of the measured tokens. The nats per
character are therefore lower than for a network that spells all words, and cannot be compared with it.`,
		measures: []measure{{"perplexity", "Perplexity", "%.1f", 1}, {"nats_per_character", "Nats a character", "%.4f", 1}},
		rows: each("words", "lm", "$DATA/warpeace/train_valid.txt",
			"--valid-fraction 0.1111 --tokens word --min-count 5 --lowercase --layers 1 --hidden 128 --embedding 128 --tie --dropout 0.3 --input-dropout 0.2 --batch 32 --epochs 2 --lr 0.004",
			"$DATA/warpeace/train_valid.txt --last 0.1111", nil, "gru"),
	},
	{
		title: "Korean, jamo by jamo",
		data:  "chatbot",
		text: `
*Chatbot_data*, github.com/songys/Chatbot_data, MIT: its 19,436 different sentences, a line each, in random order; the last tenth is
the test. A token is a jamo, a letter of a syllable.`,
		measures: []measure{{"loss", "Nats a jamo", "%.4f", 1}, {"nats_per_character", "Nats a character", "%.4f", 1}},
		rows: each("jamo", "lm", "chatbot.txt", "--tokens jamo --hidden 128 --layers 1 --batch 32 --epochs 6 --lr 0.004 --dropout 0.1",
			"chatbot.txt --last 0.1", nil, "gru"),
	},
	{
		title: "First names, one to many",
		data:  "makemore",
		text: `
The 32,033 names of github.com/karpathy/makemore, MIT, in random order; the last tenth is the test.`,
		measures: []measure{nats, bits},
		rows: each("makemore", "lm", "makemore.txt", "--hidden 64 --layers 1 --batch 32 --epochs 10 --lr 0.005 --dropout 0.1",
			"makemore.txt --last 0.1", nil, "lstm", "gru", "rnn"),
	},
}

// warAndPeace are three cells in one to three layers.
func warAndPeace() (list []row) {
	rates := map[string]string{"rnn": "0.002", "lstm": "0.01", "gru": "0.005"}
	for _, cell := range []string{"rnn", "lstm", "gru"} {
		for layers := range 3 {
			flags := fmt.Sprintf("--valid-fraction 0.1111 --cell %s --layers %d --hidden 128 --embedding 32 --batch 32 --window 64 --lr %s --warmup 100 --epochs 4", cell, layers+1, rates[cell])
			name := fmt.Sprintf("%s, %d layers", strings.ToUpper(cell), layers+1)
			if layers == 0 {
				name = strings.ToUpper(cell) + ", 1 layer"
			}
			list = append(list, train(fmt.Sprintf("warpeace-%s-%d", cell, layers+1), name, "lm", "$DATA/warpeace/train_valid.txt", flags,
				"$DATA/warpeace/train_valid.txt --last 0.1111", ""))
		}
	}
	return append(list, train("warpeace-large", "GRU, 3 layers of 256", "lm", "$DATA/warpeace/train_valid.txt",
		"--valid-fraction 0.1111 --cell gru --layers 3 --hidden 256 --embedding 64 --dropout 0.1 --batch 32 --window 64 --lr 0.0015 --warmup 200 --epochs 6",
		"$DATA/warpeace/train_valid.txt --last 0.1111", "1.077"))
}
