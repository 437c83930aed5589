// Command streams classifies many texts at once. All goroutines share the model, and each
// has its own session.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"sync"

	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const streams = 8

func main() {
	if err := run(os.Stdout, 1000); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, texts int) error {
	m, err := rnn.Load(models.SentimentKo())
	if err != nil {
		return err
	}
	reviews := []string{"정말 재미있어요", "지루하고 길다", "또 보고 싶다", "돈이 아깝다"}
	classes := make([]rnn.Class, texts)
	errs := make([]error, streams)
	var all sync.WaitGroup
	for stream := range streams {
		all.Go(func() {
			s := m.NewSession()
			for i := stream; i < texts && errs[stream] == nil; i += streams {
				classes[i], errs[stream] = s.Classify(reviews[i%len(reviews)])
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	count := map[string]int{}
	for _, class := range classes {
		count[class.Label]++
	}
	fmt.Fprintf(w, "%d positive, %d negative\n", count["positive"], count["negative"])
	return nil
}
