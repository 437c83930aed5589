package runtime_test

import (
	"fmt"
	"log"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// The log-probabilities of a translation that a search found add up to the
// search's, and those of any target equal the reference's.
func TestLogProbabilities(t *testing.T) {
	for _, s := range encoders() {
		t.Run(fmt.Sprintf("%v/%d layers/bidirectional %v", s.Variant, s.Layers, s.Bidirectional), func(t *testing.T) {
			m, err := rnn.NewEncoderDecoder(s.Translator(6))
			require.NoError(t, err)
			x := translator(t, m, rnn.WithMaxLength(20))
			source := []int32{3, 0, 4}
			for _, found := range translations(t, x, source) {
				logs, err := x.LogProbabilities(nil, source, found.Tokens)
				require.NoError(t, err)
				require.Len(t, logs, len(found.Tokens)+1)
				var sum float32
				for i, log := range logs {
					if i < len(found.Tokens) || found.Ended {
						sum += log
					}
				}
				require.Equal(t, found.LogProbability, sum)
			}
			reference := newReferenceTranslator(s, 6, source)
			target := []int32{5, 3, 2, 2}
			logs, err := x.LogProbabilities([]float32{7}, source, target)
			require.NoError(t, err)
			require.Equal(t, float32(7), logs[0])
			for i, log := range logs[1:] {
				next := int32(1) // the end token
				if i < len(target) {
					next = target[i]
				}
				require.InDelta(t, reference.next(target[:i])[next], log, 1e-5)
			}
		})
	}
}

func TestLogProbabilitiesOfWhatCannotBe(t *testing.T) {
	x := translator(t, babble())
	for _, c := range []struct{ source, target []int32 }{
		{[]int32{9}, []int32{2}}, {[]int32{1}, []int32{99}}, {[]int32{1}, []int32{-1, 2}},
	} {
		logs, err := x.LogProbabilities(nil, c.source, c.target)
		var e *rnn.TokenRangeError
		require.ErrorAs(t, err, &e)
		require.Empty(t, logs)
	}
	_, err := x.LogProbabilities(nil, nil, nil)
	require.ErrorIs(t, err, rnn.ErrNoSteps)
}

func ExampleTranslator_LogProbabilities() {
	m := babble()
	t, err := m.NewTranslator()
	if err != nil {
		log.Fatal(err)
	}
	source, err := m.Encode(nil, "bad")
	if err != nil {
		log.Fatal(err)
	}
	written, err := t.Translate(nil, source)
	if err != nil {
		log.Fatal(err)
	}
	logs, err := t.LogProbabilities(nil, source, written)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(logs)-len(written), "more than the tokens: that of the end")
	// Output:
	// 1 more than the tokens: that of the end
}

// babble returns an untrained model that translates the letters a to e to
// capitals.
func babble() *rnn.EncoderDecoder {
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5, Input: 3, Hidden: 3, Bidirectional: true, Seed: 576,
	}
	d := s.Translator(6)
	d.Decoder.Head.Bias[modeltest.End] += 0.3 // otherwise translations would hardly ever end
	m, err := rnn.NewEncoderDecoder(d)
	if err != nil {
		log.Fatal(err)
	}
	return m
}
