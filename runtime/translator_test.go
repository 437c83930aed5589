package runtime_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// encoders are encoders of every cell, with one layer and more, and with one
// direction and two.
func encoders() []modeltest.Spec {
	var all []modeltest.Spec
	for i, s := range modeltest.Cells() {
		s.Tokens, s.Input, s.Hidden, s.Seed = 5, 3, 7, uint64(i)
		all = append(all, s)
		s.Layers, s.InitialState = 2, true
		all = append(all, s)
		s.Bidirectional, s.Hidden, s.Seed = true, 5, uint64(i)+50
		all = append(all, s)
	}
	return all
}

// loadTranslator is load for a translation model.
func loadTranslator(t testing.TB, d *format.Model, opts ...rnn.Option) *rnn.EncoderDecoder {
	t.Helper()
	m, err := rnn.NewEncoderDecoder(d, opts...)
	require.NoError(t, err)
	return m
}

func translator(t testing.TB, m *rnn.EncoderDecoder, opts ...rnn.TranslatorOption) *rnn.Translator {
	t.Helper()
	x, err := m.NewTranslator(opts...)
	require.NoError(t, err)
	return x
}

// translations returns copies of the translations that a translator finds.
func translations(t testing.TB, x *rnn.Translator, source []int32) []rnn.Translation {
	t.Helper()
	best, err := x.Translate(nil, source)
	require.NoError(t, err)
	all := slices.Clone(x.Translations())
	for i := range all {
		all[i].Tokens = append([]int32{}, all[i].Tokens...)
	}
	require.Equal(t, all[0].Tokens, append([]int32{}, best...))
	return all
}

// A float64 reference of encoder and decoder, directly from the formulas.
type referenceTranslator struct {
	decoder modeltest.Spec
	h, c    [][]float64 // by layer, the states from which the decoder starts
}

func newReferenceTranslator(encoder modeltest.Spec, tokens int, source []int32) *referenceTranslator {
	_, h, c := reference(encoder, exactWeights(encoder), nil, source)
	r := &referenceTranslator{decoder: encoder.Decoder(tokens)}
	for i := range h {
		r.h, r.c = append(r.h, slices.Concat(h[i]...)), append(r.c, slices.Concat(c[i]...))
	}
	return r
}

// next returns the log-probabilities of the next token after the tokens written
// so far.
func (r *referenceTranslator) next(written []int32) []float64 {
	h, c := slices.Clone(r.h), slices.Clone(r.c)
	var x []float64
	for _, token := range append([]int32{modeltest.Start}, written...) {
		x = widen(r.decoder.Embedding()[int(token)*r.decoder.Input:][:r.decoder.Input])
		for i := range h {
			l := r.decoder.Layer(i)
			h[i], c[i] = referenceStep(&l, r.decoder.StepActivations(i, 0), r.decoder.Weights(i, 0), noRounding, x, h[i], c[i])
			x = h[i]
		}
	}
	weight, bias := r.decoder.Head()
	y := affine(weight, bias, x, 0, r.decoder.Outputs)
	sum := 0.0
	for _, v := range y {
		sum += math.Exp(v)
	}
	for i := range y {
		y[i] -= math.Log(sum)
	}
	return y
}

type referenceHypothesis struct {
	tokens []int32
	sum    float64
	ended  bool
}

func (h referenceHypothesis) score() float64 {
	n := len(h.tokens)
	if h.ended {
		n++
	}
	return h.sum / float64(n)
}

// rank sorts translations, the best first.
func rank(all []referenceHypothesis) {
	slices.SortStableFunc(all, func(a, b referenceHypothesis) int {
		switch {
		case a.ended != b.ended:
			return map[bool]int{true: -1, false: 1}[a.ended]
		case a.score() > b.score():
			return -1
		}
		return 1
	})
}

// search is a simple version of the package's beam search.
func (r *referenceTranslator) search(beam, steps int) []referenceHypothesis {
	live := []referenceHypothesis{{}}
	var done []referenceHypothesis
	for range steps {
		var all []referenceHypothesis
		for _, h := range live {
			for token, p := range r.next(h.tokens) {
				if token == modeltest.End {
					all = append(all, referenceHypothesis{h.tokens, h.sum + p, true})
				} else {
					all = append(all, referenceHypothesis{append(slices.Clone(h.tokens), int32(token)), h.sum + p, false})
				}
			}
		}
		slices.SortStableFunc(all, func(a, b referenceHypothesis) int {
			if a.sum > b.sum {
				return -1
			}
			return 1
		})
		live = nil
		for place, h := range all {
			switch {
			case h.ended && place < beam:
				done = append(done, h)
			case !h.ended && len(live) < beam:
				live = append(live, h)
			}
		}
		if len(done) >= beam {
			rank(done)
			if len(live) == 0 || done[0].score() >= live[0].score() {
				live = nil
				break
			}
		}
	}
	done = append(done, live...)
	rank(done)
	return done[:min(beam, len(done))]
}

// everything returns all possible translations.
func (r *referenceTranslator) everything(steps int) []referenceHypothesis {
	live, all := []referenceHypothesis{{}}, []referenceHypothesis(nil)
	for range steps {
		var longer []referenceHypothesis
		for _, h := range live {
			for token, p := range r.next(h.tokens) {
				if token == modeltest.End {
					all = append(all, referenceHypothesis{h.tokens, h.sum + p, true})
				} else {
					longer = append(longer, referenceHypothesis{append(slices.Clone(h.tokens), int32(token)), h.sum + p, false})
				}
			}
		}
		live = longer
	}
	all = append(all, live...)
	rank(all)
	return all
}

func requireTranslations(t *testing.T, want []referenceHypothesis, got []rnn.Translation) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		require.Equal(t, append([]int32{}, w.tokens...), got[i].Tokens, "translation %d of %v", i, got)
		require.Equal(t, w.ended, got[i].Ended)
		require.InDelta(t, w.sum, got[i].LogProbability, 1e-4)
		require.InDelta(t, w.score(), got[i].Score, 1e-5)
	}
}

func TestTranslateFindsWhatAReferenceFinds(t *testing.T) {
	const tokens, steps = 6, 9
	for _, s := range encoders() {
		t.Run(s.String(), func(t *testing.T) {
			d := s.Translator(tokens)
			for _, n := range []int{1, 6} {
				source := s.Sequence(n, 1)
				want := newReferenceTranslator(s, tokens, source)
				for _, beam := range []int{1, 2, 5} {
					var best []uint32
					for set, opt := range kernelSets() {
						x := translator(t, loadTranslator(t, d, opt), rnn.WithBeam(beam), rnn.WithMaxLength(steps))
						got := translations(t, x, source)
						requireTranslations(t, want.search(beam, steps), got)
						x.WithoutBatch()
						require.Equal(t, got, translations(t, x, source), "by sessions")
						var scores []float32
						for _, x := range got {
							scores = append(scores, x.LogProbability, x.Score)
						}
						if best == nil {
							best = bits(scores)
						}
						require.Equal(t, best, bits(scores), "the bits of %s", set)
					}
				}
			}
		})
	}
}

// A beam that is wider than there are hypotheses leaves none out.
func TestAWideBeamFindsTheBestOfAll(t *testing.T) {
	const tokens, steps = 4, 4
	for _, s := range encoders() {
		t.Run(s.String(), func(t *testing.T) {
			source := s.Sequence(5, 2)
			want := newReferenceTranslator(s, tokens, source).everything(steps)
			require.Len(t, want, 1+3+9+27+81)
			x := translator(t, loadTranslator(t, s.Translator(tokens)), rnn.WithBeam(len(want)+1), rnn.WithMaxLength(steps))
			requireTranslations(t, want, translations(t, x, source))
		})
	}
}

func TestABeamOfOneIsGreedy(t *testing.T) {
	for _, s := range encoders() {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
			s.DType = dtype
			t.Run(s.String(), func(t *testing.T) {
				d := s.Translator(9)
				m := loadTranslator(t, d)
				source := s.Sequence(4, 3)
				got := translations(t, translator(t, m), source)
				require.Len(t, got, 1)

				g, err := m.Golden(source, nil)
				require.NoError(t, err)
				steps := len(got[0].Tokens)
				if got[0].Ended {
					steps++
				}
				d.Goldens = []format.Golden{g}
				require.NoError(t, d.Validate())
				for set, opt := range kernelSets() {
					require.NoError(t, loadTranslator(t, d, opt).Verify(), set)
				}

				d.Goldens[0].Last[2]++
				d.Goldens[0].Hash++
				var failed *rnn.VerifyError
				require.ErrorAs(t, loadTranslator(t, d).Verify(), &failed)
				require.Equal(t, []any{"Translate", steps - 1, 2}, []any{failed.Call, failed.Step, failed.Output})
			})
		}
	}
}

// Among hypotheses of the same probability, the earlier one comes first, and
// then the lower token.
func TestTranslateOfTies(t *testing.T) {
	s := encoders()[0]
	d := s.Translator(4)
	clear(d.Decoder.Head.Weight.Data)
	clear(d.Decoder.Head.Bias)
	for _, c := range []struct {
		beam, steps int
		want        [][]int32
		ended       []bool
	}{
		{1, 3, [][]int32{{0, 0, 0}}, []bool{false}},
		{2, 1, [][]int32{{}, {0}}, []bool{true, false}},
		{2, 3, [][]int32{{}, {0}}, []bool{true, true}},
		{3, 2, [][]int32{{}, {0}, {0, 0}}, []bool{true, true, false}},
	} {
		t.Run(fmt.Sprintf("beam %d, steps %d", c.beam, c.steps), func(t *testing.T) {
			got := translations(t, translator(t, loadTranslator(t, d), rnn.WithBeam(c.beam), rnn.WithMaxLength(c.steps)), []int32{1})
			require.Len(t, got, len(c.want))
			for i := range got {
				require.Equal(t, c.want[i], got[i].Tokens)
				require.Equal(t, c.ended[i], got[i].Ended)
				require.InDelta(t, -math.Log(4), got[i].Score, 1e-6)
			}
		})
	}
}

// Finite weights can give infinite sums.
func TestTranslateOfNaN(t *testing.T) {
	d := encoders()[0].Translator(4)
	head := d.Decoder.Head
	for output := range head.OutputSize {
		head.Bias[output] = math.MaxFloat32
		for k := range head.InputSize {
			// Every other output has the other sign, so that one overflows.
			head.Weight.Data[head.Weight.Index(output, k)] = float32(1-2*(output%2)) * math.MaxFloat32
		}
	}
	x := translator(t, loadTranslator(t, d), rnn.WithBeam(2))
	got, err := x.Translate([]int32{7}, []int32{1})
	require.NoError(t, err)
	require.Equal(t, []int32{7}, got)
	require.Empty(t, x.Translations())
	text, err := x.TranslateText([]byte("b"), "a")
	require.NoError(t, err)
	require.Equal(t, "b", string(text))
}

func TestTranslateAgain(t *testing.T) {
	for _, s := range encoders() {
		m := loadTranslator(t, s.Translator(7))
		x := translator(t, m, rnn.WithBeam(3), rnn.WithMaxLength(20))
		for seed := range uint64(6) {
			source := s.Sequence(1+int(seed)%4, seed)
			want := translations(t, translator(t, m, rnn.WithBeam(3), rnn.WithMaxLength(20)), source)
			require.Equal(t, want, translations(t, x, source), "a call leaves nothing behind for the next")
		}
	}
}

func TestTranslateAllocatesNothing(t *testing.T) {
	for _, s := range encoders() {
		t.Run(s.String(), func(t *testing.T) {
			x := translator(t, loadTranslator(t, s.Translator(30)), rnn.WithBeam(4), rnn.WithMaxLength(40))
			source, dst, text := s.Sequence(50, 1), make([]int32, 0, 40), make([]byte, 0, 400)
			x.Grow(len(source))
			require.Zero(t, testing.AllocsPerRun(3, func() {
				_, err := x.Translate(dst, source)
				require.NoError(t, err)
			}))
			require.Zero(t, testing.AllocsPerRun(3, func() {
				_, err := x.TranslateText(text, "abcabcabcabcabc")
				require.NoError(t, err)
			}))
			inBytes := []byte("abcabcabcabcabc")
			require.Zero(t, testing.AllocsPerRun(3, func() {
				_, err := x.TranslateBytes(text, inBytes)
				require.NoError(t, err)
			}))
		})
	}
}

func TestTranslateText(t *testing.T) {
	s := encoders()[8]
	d := s.Translator(9)
	m := loadTranslator(t, d)
	x := translator(t, m, rnn.WithBeam(2), rnn.WithMaxLength(5))
	source, err := m.Encode(nil, "bad")
	require.NoError(t, err)
	require.Equal(t, []int32{1, 0, 3}, source)
	best, err := x.Translate([]int32{-7}, source)
	require.NoError(t, err)
	require.EqualValues(t, -7, best[0])
	want, err := m.Decode([]byte("so: "), best[1:]...)
	require.NoError(t, err)
	got, err := x.TranslateText([]byte("so: "), "bad")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	got, err = x.TranslateBytes([]byte("so: "), []byte("bad"))
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))

	got, err = x.TranslateText([]byte("so: "), "unknown")
	require.ErrorContains(t, err, `"u"`)
	require.Equal(t, "so: ", string(got))
	_, err = x.TranslateText(nil, "")
	require.ErrorIs(t, err, rnn.ErrNoSteps)

	d.Tokenizer.Start, d.Tokenizer.End = 4, 2
	m = loadTranslator(t, d)
	source, err = m.Encode([]int32{9}, "bad")
	require.NoError(t, err)
	require.Equal(t, []int32{9, 4, 1, 0, 3, 2}, source)
	source, err = m.Encode([]int32{9}, "x")
	require.ErrorContains(t, err, `"x"`)
	require.Equal(t, []int32{9}, source)
	_, err = translator(t, m).TranslateText(nil, "")
	require.NoError(t, err, "an end token alone is a source")

	d.Tokenizer, d.Vocabulary = nil, nil
	m = loadTranslator(t, d)
	_, err = translator(t, m).TranslateText(nil, "bad")
	require.ErrorIs(t, err, rnn.ErrNoTokenizer)
	text, err := m.Decode(nil, 2, 3)
	require.NoError(t, err)
	require.Equal(t, "AB", string(text))
}

func TestTranslateOfWordsStandsAlone(t *testing.T) {
	s := encoders()[0]
	d := s.Translator(9)
	d.Decoder.Tokenizer.Kind = format.TokenizerWords
	x := translator(t, loadTranslator(t, d), rnn.WithMaxLength(3))
	alone, err := x.TranslateText(nil, "a")
	require.NoError(t, err)
	after, err := x.TranslateText([]byte("b"), "a")
	require.NoError(t, err)
	require.Equal(t, "b"+string(alone), string(after), "no space before the first word")
}

func TestNewTranslatorRefuses(t *testing.T) {
	s := encoders()[0]
	m := loadTranslator(t, s.Translator(4))
	for _, c := range []struct {
		name string
		opts []rnn.TranslatorOption
		text string
	}{
		{"no beam", []rnn.TranslatorOption{rnn.WithBeam(0)}, "the beam is 0, want 1 to 4096"},
		{"a beam of everything", []rnn.TranslatorOption{rnn.WithBeam(math.MaxInt)}, "want 1 to 4096"},
		{"no length", []rnn.TranslatorOption{rnn.WithMaxLength(0)}, "the maximum length is 0"},
		{"too much memory", []rnn.TranslatorOption{rnn.WithBeam(4096), rnn.WithMaxLength(1025)}, "want 1 to 1024 for a beam of 4096"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := m.NewTranslator(c.opts...)
			require.ErrorIs(t, err, rnn.ErrTranslatorOption)
			require.ErrorContains(t, err, c.text)
		})
	}
	x := translator(t, m)
	for _, c := range []struct {
		source []int32
		err    error
	}{
		{nil, rnn.ErrNoSteps}, {[]int32{0, 5}, rnn.ErrTokenRange}, {[]int32{-1}, rnn.ErrTokenRange},
	} {
		got, err := x.Translate([]int32{8}, c.source)
		require.ErrorIs(t, err, c.err)
		require.Equal(t, []int32{8}, got)
		require.Empty(t, x.Translations())
	}
	require.Same(t, m, x.Model())
	require.NoError(t, m.Close())
	_, err := x.Translate(nil, []int32{1})
	require.ErrorIs(t, err, rnn.ErrClosed)
	_, err = m.NewTranslator()
	require.ErrorIs(t, err, rnn.ErrClosed)
}

// A model is either a Model or an EncoderDecoder, and every function that loads
// the other kind says so.
func TestEachKindOfModelLoadsAsItself(t *testing.T) {
	translates, steps := encoders()[0].Translator(4), encoders()[0].Model()
	ways := map[string]struct{ model, encoderDecoder func(d *format.Model) error }{
		"New": {
			func(d *format.Model) error { _, err := rnn.New(d); return err },
			func(d *format.Model) error { _, err := rnn.NewEncoderDecoder(d); return err },
		},
		"Load": {
			func(d *format.Model) error { _, err := rnn.Load(encoded(t, d)); return err },
			func(d *format.Model) error { _, err := rnn.LoadEncoderDecoder(encoded(t, d)); return err },
		},
		"Open": {
			func(d *format.Model) error { _, err := rnn.Open(saved(t, d)); return err },
			func(d *format.Model) error { _, err := rnn.OpenEncoderDecoder(saved(t, d)); return err },
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, way.model(steps))
			require.NoError(t, way.encoderDecoder(translates))
			err := way.model(translates)
			require.ErrorIs(t, err, rnn.ErrTranslates)
			require.ErrorContains(t, err, "use OpenEncoderDecoder")
			require.ErrorIs(t, way.encoderDecoder(steps), rnn.ErrNotTranslator)
		})
	}
}

func encoded(t *testing.T, d *format.Model) []byte {
	t.Helper()
	data, err := os.ReadFile(saved(t, d))
	require.NoError(t, err)
	return data
}

func saved(t *testing.T, d *format.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, d))
	return path
}

func TestWhatAnEncoderDecoderSaysOfItself(t *testing.T) {
	for _, spec := range encoders() {
		m := loadTranslator(t, spec.Translator(4))
		require.Equal(t, 5, m.VocabularySize())
		require.Equal(t, load(t, m.Description().Decoder).StepBytes(), m.StepBytes())
		_, err := m.Golden(nil, []float32{1})
		require.ErrorIs(t, err, rnn.ErrInputKind)
	}
}

// FuzzTranslate requires the properties that every search has.
func FuzzTranslate(f *testing.F) {
	f.Add([]byte{1, 2, 3}, uint8(0), uint8(3), uint8(9))
	f.Add([]byte{4}, uint8(7), uint8(1), uint8(1))
	f.Add([]byte{0, 0, 0, 0, 0, 0}, uint8(11), uint8(40), uint8(30))
	var models []*rnn.EncoderDecoder
	for _, s := range encoders() {
		models = append(models, loadTranslator(f, s.Translator(6)))
	}
	f.Fuzz(func(t *testing.T, text []byte, kind, beam, length uint8) {
		if len(text) == 0 || beam == 0 || length == 0 {
			return
		}
		var source []int32
		for _, b := range text[:min(len(text), 40)] {
			source = append(source, int32(b%5))
		}
		x := translator(t, models[int(kind)%len(models)], rnn.WithBeam(int(beam)), rnn.WithMaxLength(int(length)))
		all := translations(t, x, source)
		require.LessOrEqual(t, len(all), int(beam))
		for i, a := range all {
			n := len(a.Tokens)
			require.NotContains(t, a.Tokens, int32(modeltest.End))
			if a.Ended {
				n++
				require.LessOrEqual(t, n, int(length))
			} else {
				require.Equal(t, int(length), n)
			}
			require.Equal(t, a.LogProbability/float32(n), a.Score)
			require.Less(t, a.Score, float32(0))
			if i > 0 && a.Ended == all[i-1].Ended {
				require.LessOrEqual(t, a.Score, all[i-1].Score)
			}
			for _, b := range all[:i] {
				require.False(t, a.Ended == b.Ended && slices.Equal(a.Tokens, b.Tokens), "a translation stands there twice")
			}
		}
	})
}
