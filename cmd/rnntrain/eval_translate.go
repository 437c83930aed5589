package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/metrics"
	"github.com/rnnrun/rnnrun/internal/nfc"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// searchFlags define how a translation model is measured.
type searchFlags struct {
	beam    int
	samples int
}

func (f *searchFlags) add(c *cobra.Command) {
	c.Flags().IntVar(&f.beam, "beam", 4, "translators: hypotheses of the beam search that is compared with greedy search; 1: greedy only")
	c.Flags().IntVar(&f.samples, "samples", 5, "translations to print")
}

func (f *searchFlags) check() error {
	if f.beam < 1 || f.beam > 100 {
		return cli.Usagef("--beam %d is not between 1 and 100", f.beam)
	}
	if f.samples < 0 {
		return cli.Usagef("--samples %d must not be negative", f.samples)
	}
	return nil
}

// errNoPairs means that there is no pair to measure a translation model on.
var errNoPairs = errors.New("there are no pairs to measure on: every pair has an empty side")

// translations has the translations of sources beside their targets, and the measures.
type translations struct {
	model          *rnn.EncoderDecoder
	target         *tokenizer.Tokenizer
	pairs, leftOut int
	sources        int     // distinct sources, each translated once
	loss           float64 // nats, over all targets
	targets        int     // tokens of all targets, with the end tokens
	unknown        int     // tokens outside the vocabulary, which have no loss
	searches       []searchScore
	samples        []sample
	seconds        float64
	parameters     int
	kernels        string
}

// A searchScore measures the translations that a search finds.
type searchScore struct {
	beam        int
	translator  *rnn.Translator
	exact       int // sources whose translation is one of the targets
	characters  metrics.ChrF
	wrong, long int // tokens to change to get the nearest target, and its length in tokens
}

type sample struct {
	source, target string
	written        []string // by each search
}

// A reference is a source with all its targets.
type reference struct {
	source  string
	targets []string
}

// measureFile measures the model of a file.
func (f *searchFlags) measureFile(path string, pairs iter.Seq2[dataset.TextPair, error]) (*translations, error) {
	m, err := rnn.OpenEncoderDecoder(path)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	return f.measure(m, pairs)
}

// measure translates the source of every pair. It translates a source with several
// targets only once, and compares the translation with the nearest target.
func (f *searchFlags) measure(m *rnn.EncoderDecoder, pairs iter.Seq2[dataset.TextPair, error]) (*translations, error) {
	start := time.Now()
	beams := []int{1}
	if f.beam > 1 {
		beams = append(beams, f.beam)
	}
	t, err := newTranslations(m, beams...)
	if err != nil {
		return nil, err
	}
	references, err := t.read(pairs)
	if err != nil {
		return nil, err
	}
	t.sources = len(references)
	shown := 0
	for i, r := range references {
		written, err := t.translate(r)
		if err != nil {
			return nil, err
		}
		// Samples are spread evenly over the sources.
		if shown < f.samples && i >= shown*len(references)/f.samples {
			shown++
			t.samples = append(t.samples, sample{r.source, r.targets[0], written})
		}
	}
	t.seconds = time.Since(start).Seconds()
	return t, nil
}

// newTranslations returns translations by beam searches of these widths.
func newTranslations(m *rnn.EncoderDecoder, beams ...int) (*translations, error) {
	d := m.Description()
	t := &translations{model: m, parameters: d.Parameters(), kernels: m.Kernels()}
	var err error
	if t.target, err = tokenizer.New(d.Decoder.Tokenizer, d.Decoder.Vocabulary); err != nil {
		return nil, err
	}
	for _, beam := range beams {
		translator, err := m.NewTranslator(rnn.WithBeam(beam))
		if err != nil {
			return nil, err
		}
		t.searches = append(t.searches, searchScore{beam: beam, translator: translator})
	}
	return t, nil
}

// read measures the loss of the pairs, and collects the targets of each source.
func (t *translations) read(pairs iter.Seq2[dataset.TextPair, error]) ([]*reference, error) {
	var list []*reference
	bySource := map[string]*reference{}
	var source []int32
	for p, err := range pairs {
		if err != nil {
			return nil, err
		}
		if source, err = t.model.Encode(source[:0], p.Source); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.Line, err)
		}
		target, err := t.target.Encode(nil, p.Target)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", p.Line, err)
		}
		if len(source) == 0 || len(target) == 0 {
			t.leftOut++
			continue
		}
		if err := t.addLoss(source, target); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.Line, err)
		}
		p.Source = nfc.String(p.Source) // equal sources may have different Unicode forms
		r, found := bySource[p.Source]
		if !found {
			r = &reference{source: p.Source}
			bySource[p.Source] = r
			list = append(list, r)
		}
		r.targets = append(r.targets, p.Target)
	}
	if t.pairs == 0 {
		return nil, errNoPairs
	}
	return list, nil
}

// addLoss adds the loss of a pair. As in training, tokens outside the vocabulary have no
// loss.
func (t *translations) addLoss(source, target []int32) error {
	logs, err := t.searches[0].translator.LogProbabilities(nil, source, target)
	if err != nil {
		return err
	}
	t.pairs++
	for i, log := range logs {
		if i < len(target) && int(target[i]) == t.target.Options().Unknown {
			t.unknown++
			continue
		}
		t.loss -= float64(log)
		t.targets++
	}
	return nil
}

// translate returns the translation of a source by each search, and compares it
// with the targets.
func (t *translations) translate(r *reference) ([]string, error) {
	source, err := t.model.Encode(nil, r.source)
	if err != nil {
		return nil, err
	}
	var targets []string
	var tokens [][]int32
	for _, text := range r.targets {
		if t.target.Options().Lowercase {
			text = strings.ToLower(text)
		}
		targets = append(targets, spaced(text))
		encoded, err := t.target.Encode(nil, text)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, encoded)
	}
	var written []string
	for i := range t.searches {
		s := &t.searches[i]
		answer, err := s.translator.Translate(nil, source)
		if err != nil {
			return nil, err
		}
		text := string(t.target.Decode(nil, answer...))
		s.add(spaced(text), answer, targets, tokens)
		written = append(written, text)
	}
	return written, nil
}

// spaced returns a text in Unicode's normal form C, with one space for each run of white
// space and none at its ends.
func spaced(text string) string { return strings.Join(strings.Fields(nfc.String(text)), " ") }

// add compares a translation with the targets of its source.
func (s *searchScore) add(text string, answer []int32, targets []string, tokens [][]int32) {
	if slices.Contains(targets, text) {
		s.exact++
	}
	s.characters.Add(text, targets)
	wrong, long := 0, 0
	for i, t := range tokens {
		// The nearest target has the smallest fraction of errors.
		if d := metrics.Levenshtein(answer, t); i == 0 || d*long < wrong*len(t) {
			wrong, long = d, len(t)
		}
	}
	s.wrong, s.long = s.wrong+wrong, s.long+long
}

func (t *translations) object() cli.Object {
	loss := t.loss / float64(t.targets)
	o := cli.Object{
		"pairs", t.pairs, "sources", t.sources, "targets", t.targets, "unknown", t.unknown, "left_out_empty", t.leftOut,
		"loss", loss, "perplexity", math.Exp(loss),
	}
	for i := range t.searches {
		s := &t.searches[i]
		name := "greedy"
		if s.beam > 1 {
			name = "beam"
			o = append(o, "beam", s.beam)
		}
		o = append(o, name+"_exact", s.share(t), name+"_chrf2", s.characters.Score(), name+"_token_errors", s.errors())
	}
	return append(o, "seconds_of_measuring", t.seconds, "kernels", t.kernels)
}

func (s *searchScore) name() string {
	if s.beam == 1 {
		return "greedy"
	}
	return fmt.Sprintf("beam %d", s.beam)
}

// share returns the fraction of sources that are translated exactly.
func (s *searchScore) share(t *translations) float64 { return float64(s.exact) / float64(t.sources) }

// errors returns the tokens to change, divided by the tokens of the targets.
func (s *searchScore) errors() float64 { return float64(s.wrong) / float64(s.long) }

func (t *translations) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return cli.WriteJSON(w, append(cli.Object{
			"task", format.TaskTranslate.String(), "parameters", t.parameters}, t.object()...))
	}
	var b strings.Builder
	loss := t.loss / float64(t.targets)
	fmt.Fprintf(&b, "loss        %.4f nats per token (perplexity %.3f), %s in %s\n", loss, math.Exp(loss), message.Count(t.targets, "token"), message.Count(t.pairs, "pair"))
	if t.unknown > 0 {
		fmt.Fprintf(&b, "unknown     %s not in the vocabulary, left out of the loss\n", message.Count(t.unknown, "token"))
	}
	if t.leftOut > 0 {
		fmt.Fprintf(&b, "left out    %s with an empty side\n", message.Count(t.leftOut, "pair"))
	}
	for i := range t.searches {
		s := &t.searches[i]
		fmt.Fprintf(&b, "%-12sexact %s (%d of %d), chrF2 %.2f, token errors %s\n",
			s.name(), percent(s.share(t)), s.exact, t.sources, s.characters.Score(), percent(s.errors()))
	}
	fmt.Fprintf(&b, "parameters  %d\n", t.parameters)
	fmt.Fprintf(&b, "time        %.1f s on kernel set %s\n", t.seconds, t.kernels)
	for _, s := range t.samples {
		fmt.Fprintf(&b, "  %s\n    target   %s\n", s.source, s.target)
		for i, text := range s.written {
			if i > 0 && text == s.written[0] {
				continue
			}
			fmt.Fprintf(&b, "    %-9s%s\n", t.searches[i].name(), text)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
