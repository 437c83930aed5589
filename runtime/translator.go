package runtime

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/rnnrun/rnnrun/kernels"
)

// A Translator translates sequences of tokens by an [EncoderDecoder]: the encoder
// reads a whole source, and the decoder writes the translation from the encoder's
// last state. It holds all the memory that its calls need. It must not be used by
// two goroutines at once.
//
// It uses beam search, as Sutskever, Vinyals and Le do ("Sequence to Sequence
// Learning with Neural Networks", 2014): after each step it keeps the B most
// probable hypotheses, until B have ended. The best one has the greatest mean
// log-probability of its tokens, including the end token; a sum would favour
// short translations. The search therefore continues while a hypothesis that has
// not ended has a greater mean so far than all that have ended; otherwise a
// short, improbable translation would hide a longer, better one. A beam of 1, the
// default, is greedy search.
type Translator struct {
	model    *EncoderDecoder
	encoder  *Session
	decoders []*Session // one for every live hypothesis; with a batch only the one that it starts from
	beam     *Batch     // a stream for every hypothesis; nil: the decoders make the steps
	next     []int32    // the token that each stream reads
	steps    int        // the greatest length of a translation
	start    int32
	end      int32
	search   search
	source   []int32 // the tokens of a text
	text     []byte
}

// A Translation is a sequence that the decoder wrote.
type Translation struct {
	Tokens []int32 // without the end token
	// LogProbability is the sum of the log-probabilities of the tokens, and of
	// the end token if it Ended, given the source.
	LogProbability float32
	// Score is LogProbability divided by the number of these tokens.
	Score float32
	Ended bool // whether it ended with the end token, not at the length of [WithMaxLength]
}

// A TranslatorOption changes how a translator searches.
type TranslatorOption func(*translatorOptions)

type translatorOptions struct{ beam, maxLength int }

const (
	defaultMaxLength = 256
	goldenLength     = 256 // as the package comment of format says
)

// The greatest options.
const (
	greatestBeam      = 1 << 12
	greatestMaxLength = 1 << 22 // of all hypotheses together
)

// WithBeam sets the number of hypotheses that beam search keeps at each step, 1
// to 4096. The default is 1, a greedy search.
func WithBeam(hypotheses int) TranslatorOption {
	return func(o *translatorOptions) { o.beam = hypotheses }
}

// WithMaxLength limits a translation to the given number of tokens, including the
// end token: 1 to 2^22, divided by the number of hypotheses of [WithBeam]. The
// default is 256.
func WithMaxLength(tokens int) TranslatorOption {
	return func(o *translatorOptions) { o.maxLength = tokens }
}

// NewTranslator returns a translator. The error is [ErrClosed], or
// [ErrTranslatorOption] for an option out of range.
func (m *EncoderDecoder) NewTranslator(opts ...TranslatorOption) (*Translator, error) {
	o := translatorOptions{beam: 1, maxLength: defaultMaxLength}
	for _, opt := range opts {
		opt(&o)
	}
	switch {
	case m.closed.Load():
		return nil, ErrClosed
	case o.beam < 1 || o.beam > greatestBeam:
		return nil, fmt.Errorf("%w: the beam is %d, want 1 to %d", ErrTranslatorOption, o.beam, greatestBeam)
	case o.maxLength < 1 || o.maxLength > greatestMaxLength/o.beam:
		return nil, fmt.Errorf("%w: the maximum length is %d, want 1 to %d for a beam of %d",
			ErrTranslatorOption, o.maxLength, greatestMaxLength/o.beam, o.beam)
	}
	tokenizer := m.description.Decoder.Tokenizer
	t := &Translator{
		model:   m,
		encoder: m.encoder.NewSession(),
		steps:   o.maxLength,
		start:   int32(tokenizer.Start),
		end:     int32(tokenizer.End),
		search:  newSearch(o.beam, o.maxLength, m.decoder.outputSize),
	}
	sessions := o.beam
	if o.beam > 1 && m.decoder.GainsFromBatch() {
		t.beam, t.next = m.decoder.NewBatch(o.beam), make([]int32, o.beam)
		sessions = 1
	}
	for range sessions {
		t.decoders = append(t.decoders, m.decoder.NewSession())
	}
	return t, nil
}

// Model returns the translator's model.
func (t *Translator) Model() *EncoderDecoder { return t.model }

// Grow makes room for sources of up to the given number of tokens, so that
// [Translator.Translate] allocates nothing. Otherwise Translate calls it when
// necessary.
func (t *Translator) Grow(source int) { t.encoder.Grow(source) }

// Shrink releases the memory of sources and texts, as [Session.Shrink] does.
func (t *Translator) Shrink() {
	t.encoder.Shrink()
	t.source, t.text = nil, nil
}

// Translate appends the best translation of the source to dst. The source has the
// form of [EncoderDecoder.Encode]; the translation has neither a start nor an end
// token. [Translator.Translations] returns the other translations. Translate
// appends nothing if the decoder's probabilities are NaN.
//
// The error is [ErrClosed], [ErrNoSteps] for a source without tokens, or a
// [*TokenRangeError].
func (t *Translator) Translate(dst []int32, source []int32) ([]int32, error) {
	if err := t.read(source); err != nil {
		return dst, err
	}
	t.write()
	if found := t.search.found; len(found) > 0 {
		dst = append(dst, found[0].Tokens...)
	}
	return dst, nil
}

// TranslateText appends the best translation of a text to dst, as
// [Translator.Translate] does. The error is one of that method's,
// [ErrNoTokenizer], or a [*tokenizer.UnknownTokenError].
func (t *Translator) TranslateText(dst []byte, text string) ([]byte, error) {
	return translate(t, dst, text)
}

// TranslateBytes is [Translator.TranslateText] for a text in bytes.
func (t *Translator) TranslateBytes(dst, text []byte) ([]byte, error) {
	return translate(t, dst, text)
}

func translate[T string | []byte](t *Translator, dst []byte, text T) ([]byte, error) {
	source, err := encodeSource(t.model, t.source[:0], text)
	if err != nil {
		return dst, err
	}
	t.source = source
	if err := t.read(source); err != nil {
		return dst, err
	}
	t.write()
	t.text = t.text[:0] // not dst, since the tokenizer looks at the text before
	if found := t.search.found; len(found) > 0 {
		if t.text, err = t.model.Decode(t.text, found[0].Tokens...); err != nil {
			return dst, err
		}
	}
	return append(dst, t.text...), nil
}

// Translations returns the translations of the last call, the best first: as many
// as the beam has hypotheses, or fewer if there are no more. Those that ended
// come before those that reached the maximum length. They are valid until the
// next call.
func (t *Translator) Translations() []Translation { return t.search.found }

// read runs the encoder over the source, and starts the first decoder from its
// last state.
func (t *Translator) read(source []int32) error {
	t.search.found = t.search.found[:0]
	if t.model.closed.Load() {
		return ErrClosed
	}
	if len(source) == 0 {
		return ErrNoSteps
	}
	t.encoder.Reset()
	if _, err := t.encoder.RunTokens(source); err != nil {
		return err
	}
	handOver(t.decoders[0], t.encoder)
	return nil
}

// write searches for the translations.
func (t *Translator) write() {
	s := &t.search
	s.begin(t.start)
	if t.beam != nil {
		t.beam.goOnFrom(0, t.decoders[0])
	}
	step := 0
	for {
		t.advance()
		s.choose(step, t.end)
		if len(s.next) == 0 || step == t.steps-1 || s.over(step) {
			break
		}
		for _, c := range s.share() {
			if t.beam != nil {
				t.beam.copyState(c.to, c.from)
			} else {
				t.decoders[c.to].copyState(t.decoders[c.from])
			}
		}
		step++
	}
	s.finish(step)
	runtime.KeepAlive(t)
}

// advance makes a step of the decoders of all live hypotheses, and considers their
// continuations.
func (t *Translator) advance() {
	s := &t.search
	if t.beam == nil {
		for i, h := range s.live {
			d := t.decoders[h.decoder]
			y, _ := d.StepToken(h.token) // the decoder's own token: no error
			s.consider(i, d.logits, y)
		}
		return
	}
	for i := range t.next {
		t.beam.SetActive(i, slices.ContainsFunc(s.live, func(h hypothesis) bool { return h.decoder == i }))
	}
	for _, h := range s.live {
		t.next[h.decoder] = h.token
	}
	_, _ = t.beam.StepTokens(t.next) // the decoder's own tokens: no error
	for i, h := range s.live {
		s.consider(i, t.beam.Logits(h.decoder), t.beam.Output(h.decoder))
	}
}

// greedy records the outputs of all steps of the greedy translation, which the
// goldens hold.
func (t *Translator) greedy(source []int32, out *recorder) error {
	if err := t.read(source); err != nil {
		return err
	}
	d, token := t.decoders[0], t.start
	for range t.steps {
		y, _ := d.StepToken(token) // the decoder's own token: no error
		out.add(y)
		if token = int32(kernels.ArgMax(d.logits)); token == t.end {
			break
		}
	}
	runtime.KeepAlive(t)
	return nil
}
