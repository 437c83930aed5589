package runtime_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// writer returns a language model of the end of a line and the letters a to z.
func writer() *format.Model {
	d := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 4, Hidden: 8, Tokens: 27,
		Task: format.TaskLanguage, Outputs: 27, Output: format.OutputSoftmax, Seed: 2,
	}.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	d.Vocabulary = []string{"\n"}
	for c := 'a'; c <= 'z'; c++ {
		d.Vocabulary = append(d.Vocabulary, string(c))
	}
	return d
}

// byteWriter returns a language model of bytes.
func byteWriter() *format.Model {
	d := modeltest.Spec{
		Cell: format.CellRNN, Variant: format.VariantTanh, Input: 4, Hidden: 4, Tokens: 256,
		Task: format.TaskLanguage, Outputs: 256, Output: format.OutputSoftmax, Seed: 3,
	}.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerBytes, Unknown: -1, Start: -1, End: -1}
	return d
}

func generator(t testing.TB, d *format.Model, temperature float32, seed uint64) *rnn.Generator {
	t.Helper()
	g, err := load(t, d).NewGenerator(rnn.NewSampler(temperature, 0, seed))
	require.NoError(t, err)
	return g
}

// written returns a whole text, whose pieces must be valid UTF-8.
func written(t testing.TB, g *rnn.Generator, prompt string, limit int) string {
	t.Helper()
	var text strings.Builder
	for piece, err := range g.Generate(t.Context(), prompt, limit) {
		require.NoError(t, err)
		require.NotEmpty(t, piece)
		require.True(t, utf8.Valid(piece), "%q", piece)
		text.Write(piece)
	}
	return text.String()
}

// byHand returns the tokens that a sampler draws after a prompt, step by step.
func byHand(t *testing.T, d *format.Model, seed uint64, first []int32, n int) string {
	m := load(t, d)
	s, p := m.NewSession(), rnn.NewSampler(1, 0, seed)
	_, err := s.RunTokens(first)
	require.NoError(t, err)
	var text []byte
	for range n {
		token := p.Next(s)
		text, err = m.Decode(text, token)
		require.NoError(t, err)
		_, err = s.StepToken(token)
		require.NoError(t, err)
	}
	return string(text)
}

func TestGeneratorStateIsThatAfterTheLastTokenRead(t *testing.T) {
	d := writer()
	g := generator(t, d, 1, 7)
	var text strings.Builder
	var states [][]float32
	for piece, err := range g.Generate(t.Context(), "abc", 20) {
		require.NoError(t, err)
		text.Write(piece)
		h, _ := g.State(0, 0)
		states = append(states, slices.Clone(h))
	}
	require.Len(t, states, 22) // "ab", "c", and 20 that are drawn
	s := load(t, d).NewSession()
	tokens, err := g.Model().Encode(nil, text.String())
	require.NoError(t, err)
	for i, token := range tokens {
		_, err := s.StepToken(token)
		require.NoError(t, err)
		h, _ := s.State(0, 0)
		if i >= 2 { // the prompt is read before the first piece
			require.Equal(t, h, states[i-2], "after token %d", i)
		}
	}
	require.Equal(t, states[20], states[21], "the last piece was read before")
}

func TestGenerateDrawsOneTokenAfterTheOther(t *testing.T) {
	started := writer()
	started.Tokenizer.Start = 5
	for _, c := range []struct {
		name   string
		model  *format.Model
		prompt string
		first  []int32
	}{
		{"after a prompt", writer(), "abc", []int32{1, 2, 3}},
		{"after the end of a line", writer(), "", []int32{0}},
		{"after the start token", started, "", []int32{5}},
		{"after the start token and a prompt", started, "ab", []int32{5, 1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := generator(t, c.model, 1, 7)
			require.Equal(t, c.prompt+byHand(t, c.model, 7, c.first, 40), written(t, g, c.prompt, 40))
			require.Equal(t, 40, g.TokenCount())
		})
	}
}

func TestGeneratedTextFollowsFromTheSeed(t *testing.T) {
	require.Equal(t, written(t, generator(t, writer(), 1, 1), "a", 50), written(t, generator(t, writer(), 1, 1), "a", 50))
	require.NotEqual(t, written(t, generator(t, writer(), 1, 1), "a", 50), written(t, generator(t, writer(), 1, 2), "a", 50))
	greedy := generator(t, writer(), 0, 1)
	require.Equal(t, written(t, greedy, "a", 50), written(t, greedy, "a", 50), "every text starts from the start of a stream")
}

func TestGeneratedBytesAreWholeCharacters(t *testing.T) {
	text := written(t, generator(t, byteWriter(), 1, 1), "", 2000)
	require.Contains(t, text, "\ufffd")
}

func TestGenerateStops(t *testing.T) {
	t.Run("at no tokens", func(t *testing.T) {
		g := generator(t, writer(), 1, 1)
		require.Equal(t, "abc", written(t, g, "abc", 0))
		require.Zero(t, g.TokenCount())
	})
	t.Run("before the end token", func(t *testing.T) {
		d := writer()
		d.Tokenizer.End = 0
		g := generator(t, d, 1, 1)
		text := written(t, g, "a", -1)
		require.NotContains(t, text, "\n")
		require.Equal(t, len(text)-1, g.TokenCount())
	})
	t.Run("when the caller leaves the loop", func(t *testing.T) {
		g := generator(t, writer(), 1, 1)
		for range g.Generate(t.Context(), "", -1) {
			if g.TokenCount() == 30 {
				break
			}
		}
		require.Equal(t, 30, g.TokenCount())
	})
	t.Run("when the context is done, after the last character", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		g := generator(t, writer(), 1, 1)
		var text strings.Builder
		var last error
		for piece, err := range g.Generate(ctx, "ab", -1) {
			text.Write(piece)
			if last = err; g.TokenCount() == 30 {
				cancel()
			}
		}
		require.ErrorIs(t, last, context.Canceled)
		require.Equal(t, 32, text.Len())
	})
	t.Run("when the model is closed", func(t *testing.T) {
		g := generator(t, writer(), 1, 1)
		var last error
		for _, last = range g.Generate(t.Context(), "", -1) {
			require.NoError(t, g.Model().Close())
		}
		require.ErrorIs(t, last, rnn.ErrClosed)
	})
}

func TestGenerateRefuses(t *testing.T) {
	noNewline := writer()
	noNewline.Vocabulary[0] = "A"
	for _, c := range []struct {
		name   string
		model  *format.Model
		prompt string
		want   error
	}{
		{"a text without a start", noNewline, "", rnn.ErrNoStart},
		{"a prompt that the vocabulary lacks", writer(), "ab!", tokenizer.ErrUnknownToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, calls := generator(t, c.model, 1, 1), 0
			for piece, err := range g.Generate(t.Context(), c.prompt, 10) {
				calls++
				require.Nil(t, piece)
				require.ErrorIs(t, err, c.want)
			}
			require.Equal(t, 1, calls)
		})
	}

	silent := writer()
	silent.Tokenizer, silent.Vocabulary = nil, nil
	for _, c := range []struct {
		name  string
		model *format.Model
		want  error
	}{
		{"a model without a tokenizer", silent, rnn.ErrNoTokenizer},
		{"a classifier", reviews(3, format.OutputSoftmax), rnn.ErrNotGenerator},
	} {
		_, err := load(t, c.model).NewGenerator(rnn.NewSampler(1, 0, 1))
		require.ErrorIs(t, err, c.want, c.name)
	}
	m := load(t, writer())
	require.NoError(t, m.Close())
	_, err := m.NewGenerator(rnn.NewSampler(1, 0, 1))
	require.ErrorIs(t, err, rnn.ErrClosed)
}

func TestGenerateAllocatesNothingPerToken(t *testing.T) {
	for name, d := range map[string]*format.Model{"characters": writer(), "bytes": byteWriter()} {
		t.Run(name, func(t *testing.T) {
			g := generator(t, d, 1, 1)
			allocations := func(limit int) float64 {
				return testing.AllocsPerRun(5, func() {
					for _, err := range g.Generate(t.Context(), "abc", limit) {
						if err != nil {
							t.Fatal(err)
						}
					}
					if g.TokenCount() != limit {
						t.Fatalf("%d tokens, not %d", g.TokenCount(), limit)
					}
				})
			}
			allocations(1000)
			require.Equal(t, allocations(0), allocations(1000))
		})
	}
}
