package runtime_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// collect runs the garbage collector until the test ends.
func collect(t *testing.T) {
	var over atomic.Bool
	var group sync.WaitGroup
	group.Go(func() {
		for !over.Load() {
			runtime.GC()
		}
	})
	t.Cleanup(func() {
		over.Store(true)
		group.Wait()
	})
}

// longTest skips a test that takes seconds, and minutes on an emulated CPU.
func longTest(t *testing.T) {
	if testing.Short() {
		t.Skip("reads long sequences again and again: left out by -short")
	}
}

// A call is the last use of everything that it is made with.
type lastCall struct {
	name string
	call func() error
}

// requireLastCalls makes each call several times, each time with a newly opened
// file. Reading released memory faults.
func requireLastCalls(t *testing.T, calls []lastCall) {
	collect(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, c := range calls {
		for range 4 {
			require.NotPanics(t, func() { require.NoError(t, c.call(), c.name) }, c.name)
		}
	}
}

// savedLarge saves a model as a file so large that Linux reads it into memory
// outside the garbage collector's heap.
func savedLarge(t *testing.T, d *format.Model) string {
	large := *d
	large.Provenance = append(slices.Clone(d.Provenance), format.Property{Key: "padding", Value: strings.Repeat("x", 5<<20)})
	return saved(t, &large)
}

const many = 1 << 19 // tokens: enough for several collections

func TestTheMemoryOfALargeFileStaysAsLongAsACallReadsIt(t *testing.T) {
	longTest(t)
	classifier := reviews(2, format.OutputSoftmax, "no", "yes")
	classifier.Tokenizer.Kind = format.TokenizerWords
	golden, err := load(t, classifier).Golden(make([]int32, many/64), nil)
	require.NoError(t, err)
	golden.Hash++ // so that Verify reads the recorded outputs too
	wrong := *classifier
	wrong.Goldens = []format.Golden{golden}
	tagger := letterTagger(format.OutputSoftmax)
	tagger.Tokenizer.Kind = format.TokenizerWords

	reviewsFile, wrongFile, taggerFile, writerFile := savedLarge(t, classifier), savedLarge(t, &wrong), savedLarge(t, tagger), savedLarge(t, writer())
	text, tokens := strings.Repeat("a b c d ", many/4), make([]int32, many)
	opened := func(path string) *rnn.Model {
		m, err := rnn.Open(path)
		require.NoError(t, err)
		return m
	}
	requireLastCalls(t, []lastCall{
		{"Encode", func() error { _, err := opened(reviewsFile).Encode(nil, text); return err }},
		{"EncodeBytes", func() error { _, err := opened(reviewsFile).EncodeBytes(nil, []byte(text)); return err }},
		{"Decode", func() error { _, err := opened(reviewsFile).Decode(nil, tokens...); return err }},
		{"Verify", func() error {
			require.ErrorIs(t, opened(wrongFile).Verify(), rnn.ErrVerify)
			return nil
		}},
		{"Golden", func() error { _, err := opened(reviewsFile).Golden(tokens[:many/64], nil); return err }},
		{"Append", func() error { _, err := opened(reviewsFile).Description().Append(nil); return err }},
		{"Classify", func() error { _, err := opened(reviewsFile).NewSession().Classify(text[:many/4]); return err }},
		{"Tag", func() error { _, err := opened(taggerFile).NewSession().Tag(nil, text[:many/4]); return err }},
		{"RunTokens", func() error { _, err := opened(taggerFile).NewSession().RunTokens(tokens[:many/64]); return err }},
		{"AppendBinary", func() error { _, err := opened(taggerFile).NewSession().AppendBinary(nil); return err }},
		{"Generate", func() error {
			g, err := opened(writerFile).NewGenerator(rnn.NewSampler(1, 0, 1))
			require.NoError(t, err)
			for _, err := range g.Generate(context.Background(), "abc", many/64) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
	})
}

func TestTheHalvesOfALargeTranslatorKeepItsMemory(t *testing.T) {
	longTest(t)
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 5, Input: 3, Hidden: 7}
	d := s.Translator(6)
	d.Tokenizer.Kind, d.Decoder.Tokenizer.Kind = format.TokenizerWords, format.TokenizerWords
	path := savedLarge(t, d)
	text, tokens := strings.Repeat("a b c d ", many/4), make([]int32, many)
	opened := func() *rnn.EncoderDecoder {
		m, err := rnn.OpenEncoderDecoder(path)
		require.NoError(t, err)
		return m
	}
	requireLastCalls(t, []lastCall{
		{"Encode", func() error { _, err := opened().Encode(nil, text); return err }},
		{"Decode", func() error { _, err := opened().Decode(nil, tokens...); return err }},
		{"Golden", func() error { _, err := opened().Golden(tokens[:many/64], nil); return err }},
		{"Translate", func() error {
			x, err := opened().NewTranslator()
			require.NoError(t, err)
			_, err = x.TranslateText(nil, text[:many/64])
			return err
		}},
		{"LogProbabilities", func() error {
			x, err := opened().NewTranslator()
			require.NoError(t, err)
			_, err = x.LogProbabilities(nil, tokens[:8], tokens[:many/64])
			return err
		}},
	})
}

func TestModelsMadeFromTheDescriptionOfALargeOneKeepItsMemory(t *testing.T) {
	longTest(t)
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 5, Input: 3, Hidden: 7}
	translator, tagger := savedLarge(t, s.Translator(6)), savedLarge(t, letterTagger(format.OutputSoftmax))
	descriptions := map[string]func() *format.Model{
		"the same": func() *format.Model {
			m, err := rnn.Open(tagger)
			require.NoError(t, err)
			return m.Description()
		},
		"a copy": func() *format.Model {
			m, err := rnn.Open(tagger)
			require.NoError(t, err)
			d := *m.Description()
			return &d
		},
		"a decoder": func() *format.Model {
			m, err := rnn.OpenEncoderDecoder(translator)
			require.NoError(t, err)
			return m.Description().Decoder
		},
		"a copy's decoder": func() *format.Model {
			m, err := rnn.OpenEncoderDecoder(translator)
			require.NoError(t, err)
			d := *m.Description()
			return d.Decoder
		},
		"an encoder": func() *format.Model {
			m, err := rnn.OpenEncoderDecoder(translator)
			require.NoError(t, err)
			d := *m.Description()
			d.Task, d.Decoder = format.TaskRegress, nil
			return &d
		},
	}
	tokens := make([]int32, many/64)
	for name, description := range descriptions {
		t.Run(name, func(t *testing.T) {
			requireLastCalls(t, []lastCall{{"Run", func() error {
				m, err := rnn.New(description())
				require.NoError(t, err)
				for range 3 {
					runtime.GC() // the first one queues cleanups
				}
				_, err = m.NewSession().RunTokens(tokens)
				return err
			}}})
		})
	}
}
