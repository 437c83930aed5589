// Command sentiment prints how positive each given Korean review is.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, reviews []string) error {
	m, err := rnn.Load(models.SentimentKo()) // or rnn.Open("my-model.rnn")
	if err != nil {
		return err
	}
	labels := m.Labels()
	s := m.NewSession()
	for _, review := range reviews {
		class, err := s.Classify(review)
		if err != nil {
			return fmt.Errorf("%q: %w", review, err)
		}
		fmt.Fprintf(w, "%s: %s", review, class.Label)
		for i, p := range s.Probabilities() {
			fmt.Fprintf(w, ", %s %.2f", labels[i], p)
		}
		fmt.Fprintln(w)
	}
	return nil
}
