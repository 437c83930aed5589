package runtime

import (
	"context"
	"iter"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A Generator writes text with a model for the task [format.TaskLanguage]: it
// reads a prompt, then samples one token at a time and reads it. It holds all
// the memory that its calls need. It must not be used by two goroutines at once.
type Generator struct {
	session *Session
	sampler *Sampler
	start   []int32 // the tokens before any prompt
	newline []int32 // what the model reads if there is neither a start token nor a prompt; nil: unknown
	end     int     // -1: none
	prompt  []int32 // the tokens to read first
	text    characters
	count   int
}

// NewGenerator returns a generator that draws its tokens with the sampler. The
// error is [ErrClosed], [ErrNotGenerator] or [ErrNoTokenizer].
func (m *Model) NewGenerator(sampler *Sampler) (*Generator, error) {
	d := m.description
	switch {
	case m.closed.Load():
		return nil, ErrClosed
	case d.Task != format.TaskLanguage:
		return nil, ErrNotGenerator
	case d.Tokenizer == nil:
		return nil, ErrNoTokenizer
	}
	g := &Generator{session: m.NewSession(), sampler: sampler, end: d.Tokenizer.End}
	if d.Tokenizer.Start >= 0 {
		g.start = []int32{int32(d.Tokenizer.Start)}
	}
	if i := slices.Index(d.Vocabulary, "\n"); i >= 0 {
		g.newline = []int32{int32(i)}
	} else if d.Tokenizer.Kind == format.TokenizerBytes {
		g.newline = []int32{'\n'}
	}
	return g, nil
}

// Model returns the generator's model.
func (g *Generator) Model() *Model { return g.session.model }

// TokenCount returns the number of tokens that the last call of
// [Generator.Generate] sampled.
func (g *Generator) TokenCount() int { return g.count }

// State returns the state of a layer after the last token that was read, as
// [Session.State] does.
func (g *Generator) State(layer, direction int) (h, c []float32) {
	return g.session.State(layer, direction)
}

// Shrink releases the memory of prompts, as [Session.Shrink] does.
func (g *Generator) Shrink() {
	g.session.Shrink()
	g.prompt = nil
	g.text.text = slices.Clone(g.text.text)
}

// Generate writes a text piece by piece: the prompt, and then the text of at
// most limit sampled tokens (below 0: no limit). The text ends before the
// model's end token, when ctx is done, or when the caller leaves the loop. Each
// call starts a new stream.
//
//	for piece, err := range g.Generate(ctx, "ROMEO:", 200) {
//		if err != nil {
//			return err
//		}
//		os.Stdout.Write(piece)
//	}
//
// A piece is one or more whole characters, in valid UTF-8; invalid bytes of
// tokens become U+FFFD. Generate holds back the last character until the next
// token, which may complete it, as a letter completes a Hangul syllable. The
// prompt's last character may therefore change. A piece is valid until the next
// one. After the first texts, a token allocates nothing.
//
// The model reads its start token and the prompt, or a newline if there is
// neither. An error ends the text: [ErrClosed], [ErrNoStart], the error of ctx,
// or a [*tokenizer.UnknownTokenError] for the prompt.
func (g *Generator) Generate(ctx context.Context, prompt string, limit int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		g.count = 0
		if err := g.read(prompt); err != nil {
			yield(nil, err)
			return
		}
		piece := g.text.whole()
		for len(piece) == 0 || yield(piece, nil) {
			more, err := g.draw(ctx, limit)
			if more {
				piece = g.text.whole()
				continue
			}
			if piece = g.text.rest(); len(piece) > 0 && !yield(piece, nil) {
				return
			}
			if err != nil {
				yield(nil, err)
			}
			return
		}
	}
}

// read reads the start token and the prompt.
func (g *Generator) read(prompt string) (err error) {
	m := g.session.model
	g.prompt, err = m.Encode(append(g.prompt[:0], g.start...), prompt)
	switch {
	case err != nil:
		return err
	case len(g.prompt) == 0 && g.newline == nil:
		return ErrNoStart
	case len(g.prompt) == 0:
		g.prompt = append(g.prompt, g.newline...)
	}
	g.text.reset(prompt)
	g.session.Reset()
	for first := 0; first < len(g.prompt) && err == nil; first += blockSteps { // in blocks, since the outputs of all steps take more memory
		_, err = g.session.RunTokens(g.prompt[first:min(first+blockSteps, len(g.prompt))])
	}
	return err
}

// draw samples a token and adds it to the text. It returns false at the end of
// the text.
func (g *Generator) draw(ctx context.Context, limit int) (bool, error) {
	if limit >= 0 && g.count >= limit {
		return false, nil
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	token := g.sampler.Next(g.session)
	if int(token) == g.end {
		return false, nil
	}
	text, err := g.session.model.Decode(g.text.pending(), token)
	if err != nil {
		return false, err
	}
	g.text.text = text
	g.count++
	_, err = g.session.StepToken(token)
	return err == nil, err
}
