package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/nfc"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A languageEvaluation measures a language model on a text.
type languageEvaluation struct {
	answers
	model      *rnn.Model
	session    *rnn.Session
	start      time.Time
	unknown    int // targets that the vocabulary lacks
	characters int // characters of the text except the first
}

func newLanguageEvaluation(m *rnn.Model) (*languageEvaluation, error) {
	s, err := newLogitSession(m)
	return &languageEvaluation{answers: answers{output: m.Description().Output}, model: m, session: s, start: time.Now()}, err
}

// measure measures the model on the last part of a text.
func (e *languageEvaluation) measure(path string, last float64) error {
	_, tail, err := dataset.SplitText(path, last)
	if err != nil {
		return err
	}
	if z := e.model.Description().Tokenizer; z != nil && z.Kind != format.TokenizerBytes {
		if err := dataset.CheckText(path); err != nil {
			return err
		}
	}
	var tokens []int32 // tokens not yet read by the model; the last one of a chunk stays for the next
	for chunk, err := range tail.Chunks() {
		if err == nil {
			e.characters += e.count(chunk)
			tokens, err = e.model.Encode(tokens, chunk)
		}
		if err == nil {
			err = e.predict(tokens)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		tokens = append(tokens[:0], tokens[max(0, len(tokens)-1):]...)
	}
	if e.targets == 0 {
		return fmt.Errorf("%s: the text has %s, but predicting needs two", path, message.Count(len(tokens), "token"))
	}
	e.characters--
	return nil
}

// count returns the number of characters of a text, as the model reads it.
func (e *languageEvaluation) count(text string) int {
	if z := e.model.Description().Tokenizer; z != nil && z.NFC {
		text = nfc.String(text)
	}
	return utf8.RuneCountInString(text)
}

// predict predicts every token but the first. It continues the session's stream.
func (e *languageEvaluation) predict(tokens []int32) error {
	const block = 256
	outputs, z := e.model.Description().LogitCount(), e.model.Description().Tokenizer
	for from := 0; from < len(tokens)-1; from += block {
		to := min(from+block, len(tokens)-1)
		y, err := e.session.RunTokens(tokens[from:to])
		if err != nil {
			return err
		}
		for i := from; i < to; i++ {
			if z != nil && int(tokens[i+1]) == z.Unknown {
				e.unknown++
			}
			e.add(y[(i-from)*outputs:][:outputs], int(tokens[i+1]))
		}
	}
	return nil
}

// perCharacter returns the loss per character in nats, for any kind of token.
func (e *languageEvaluation) perCharacter() float64 { return e.nats / float64(max(1, e.characters)) }

func (e *languageEvaluation) print(w io.Writer, asJSON bool) error {
	loss := e.loss()
	seconds := time.Since(e.start).Seconds()
	d := e.model.Description()
	if asJSON {
		return cli.WriteJSON(w, cli.Object{
			"task", d.Task.String(),
			"parameters", d.Parameters(),
			"targets", e.targets,
			"loss", loss,
			"accuracy", e.accuracy(),
			"bits_per_token", loss / math.Ln2, "perplexity", math.Exp(loss), "unknown", e.unknown,
			"nats_per_character", e.perCharacter(), "bits_per_character", e.perCharacter() / math.Ln2,
			"seconds", seconds, "kernels", e.model.Kernels(),
		})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "loss        %.4f nats per token (%.4f bits, perplexity %.3f)\n", loss, loss/math.Ln2, math.Exp(loss))
	if e.characters != e.targets {
		fmt.Fprintf(&b, "            %.4f nats per character (%.4f bits)\n", e.perCharacter(), e.perCharacter()/math.Ln2)
	}
	fmt.Fprintf(&b, "accuracy    %s of %s\n", percent(e.accuracy()), message.Count(e.targets, "token"))
	if e.unknown > 0 {
		fmt.Fprintf(&b, "unknown     %s of the tokens are not in the vocabulary, and count as one token\n",
			percent(float64(e.unknown)/float64(e.targets)))
	}
	writeCost(&b, e.model, seconds)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeCost writes the size of a model and the duration of the measurement.
func writeCost(b *strings.Builder, m *rnn.Model, seconds float64) {
	fmt.Fprintf(b, "parameters  %d\n", m.Description().Parameters())
	fmt.Fprintf(b, "time        %.1f s on kernel set %s\n", seconds, m.Kernels())
}
