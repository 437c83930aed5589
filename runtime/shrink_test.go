package runtime_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// heap returns how many bytes are in use.
func heap() int {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int(s.HeapAlloc)
}

func TestShrinkGivesTheMemoryOfLongSequencesBack(t *testing.T) {
	longTest(t)
	backward := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5, Input: 3, Hidden: 8,
		Bidirectional: true, Layers: 2,
	}
	text := strings.Repeat("abcd", 1<<15)
	classifier := load(t, reviews(2, format.OutputSoftmax)).NewSession()
	tagger := load(t, letterTagger(format.OutputSoftmax)).NewSession()
	bidirectional := load(t, backward.Model()).NewSession()
	writing := generator(t, writer(), 1, 1)
	translating := translator(t, loadTranslator(t, backward.Translator(6)))
	tokens := make([]int32, len(text))
	for _, c := range []struct {
		name   string
		long   func() error
		shrink func()
		least  int // bytes that the long sequence takes
	}{
		{"classify", func() error { _, err := classifier.Classify(text); return err }, classifier.Shrink, len(text) * 4},
		{"tag", func() error { _, err := tagger.Tag(nil, text); return err }, tagger.Shrink, len(text) * 4 * 3},
		{"run both ways", func() error { _, err := bidirectional.RunTokens(tokens); return err }, bidirectional.Shrink, len(text) * 4 * 16},
		{"generate", func() error {
			for _, err := range writing.Generate(context.Background(), text, 1) {
				if err != nil {
					return err
				}
			}
			return nil
		}, writing.Shrink, len(text) * 4},
		{"translate", func() error { _, err := translating.TranslateText(nil, text); return err }, translating.Shrink, len(text) * 4 * 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := heap()
			require.NoError(t, c.long())
			require.Greater(t, heap()-before, c.least)
			c.shrink()
			require.Less(t, heap()-before, c.least/4)
		})
	}
	for _, live := range []any{classifier, tagger, bidirectional, writing, translating} {
		runtime.KeepAlive(live)
	}
	runtime.KeepAlive(tokens)
}

func TestShrinkChangesNoAnswer(t *testing.T) {
	t.Parallel()
	steps := 300
	if testing.Short() {
		steps = 30
	}
	for _, s := range shapes() {
		t.Run(s.String(), func(t *testing.T) {
			in := inputOf(s, steps)
			shrunk, plain := model(t, s).NewSession(), model(t, s).NewSession()
			shrunk.Shrink()
			for range 2 {
				got, err := in.run(shrunk)
				require.NoError(t, err)
				want, err := in.run(plain)
				require.NoError(t, err)
				require.Equal(t, append(bits(want), position(plain)...), append(bits(got), position(shrunk)...))
				logits := bits(shrunk.Logits())
				shrunk.Shrink()
				require.Equal(t, logits, bits(shrunk.Logits()))
				require.Equal(t, position(plain), position(shrunk))
			}
		})
	}
}
