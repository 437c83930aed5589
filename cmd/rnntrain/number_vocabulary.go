package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/message"
)

// announceNumbers prints a note if most words of a vocabulary are numbers: a model learns
// each number as a word, unrelated to its value.
func announceNumbers(w io.Writer, vocabulary []string) {
	const few = 10 // too few words for a conclusion
	numbers, example := 0, ""
	for _, word := range vocabulary {
		if _, err := strconv.ParseFloat(word, 64); err == nil && len(word) > 1 {
			numbers, example = numbers+1, word
		}
	}
	if numbers > few && 2*numbers > len(vocabulary) {
		fmt.Fprintf(w, "%d of the %d words of the vocabulary are numbers, such as %s, which are learned as words: is this the right column? classify and forecast read sequences of numbers\n",
			numbers, len(vocabulary), message.Quote(example))
	}
}
