// Command generate writes a scene in the style of Shakespeare, until it is interrupted or
// has written 300 characters.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	m, err := rnn.Load(models.Shakespeare())
	if err != nil {
		return err
	}
	sampler := rnn.NewSampler(0.8, 0, 1) // temperature, all characters, seed
	g, err := m.NewGenerator(sampler)
	if err != nil {
		return err
	}
	for text, err := range g.Generate(ctx, "ROMEO:\n", 300) {
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}
