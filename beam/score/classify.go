package score

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/texts"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const (
	batchSize   = 64      // texts or sequences that make their steps at once, unless Options say otherwise
	textsAhead  = 8       // of a batch: so those of about the same length are read together
	batchMemory = 1 << 25 // bytes that those that wait take at most
)

// A classifyFn classifies texts, many at once.
type classifyFn struct {
	Options Options

	use     use
	session *rnn.Session
	batch   *rnn.Batch // nil: the model does not gain from one
	waiting []Text
	tokens  [][]int32
	bytes   int
	classes []rnn.Class
}

func init() {
	register.DoFn4x1[context.Context, Text, func(Answer), func(DeadLetter), error](&classifyFn{})
}

// StartBundle has the model at hand.
func (f *classifyFn) StartBundle(ctx context.Context, _ func(Answer), _ func(DeadLetter)) error {
	if err := f.use.begin(ctx, &f.Options); err != nil {
		return err
	}
	m := f.use.model
	if m.Task() != format.TaskClassify || !m.ReadsText() {
		f.use.end()
		return fmt.Errorf("%s does not classify texts", f.Options.Model)
	}
	f.waiting, f.tokens, f.bytes = nil, nil, 0
	if f.session != nil && f.session.Model() == m {
		return nil
	}
	f.session, f.batch = m.NewSession(), nil
	if m.GainsFromBatch() {
		f.batch = m.NewBatch(f.Options.batch())
	}
	return nil
}

// batch returns how many texts or sequences make their steps at once.
func (o *Options) batch() int {
	if o.Batch > 0 {
		return o.Batch
	}
	return batchSize
}

// ProcessElement takes a text, which is answered with others.
func (f *classifyFn) ProcessElement(ctx context.Context, t Text, emit func(Answer), dead func(DeadLetter)) error {
	if strings.TrimSpace(t.Text) == "" {
		answer(ctx, emit, t, nil)
		return nil
	}
	tokens, bytes, err := f.encode(t.Text)
	if err != nil {
		refuse(ctx, dead, t, err)
		return nil
	}
	f.waiting, f.tokens, f.bytes = append(f.waiting, t), append(f.tokens, tokens), f.bytes+bytes
	if len(f.waiting) >= textsAhead*f.Options.batch() || f.bytes >= batchMemory {
		f.flush(ctx, emit, dead)
	}
	return nil
}

// encode returns the tokens of a text, and the bytes that they take.
func (f *classifyFn) encode(text string) (tokens []int32, bytes int, err error) {
	m := f.use.model
	if t := m.Description().Tokenizer; !utf8.ValidString(text) && t.Kind != format.TokenizerBytes {
		return nil, 0, texts.ErrNotUTF8
	}
	if tokens, err = m.Encode(nil, text); err != nil {
		return nil, 0, err
	}
	bytes = m.SequenceBytes(len(tokens)) + 4*len(tokens)
	return tokens, bytes, texts.CheckLength(len(tokens), bytes, f.Options.MaxTokens)
}

// FinishBundle answers the texts that wait.
func (f *classifyFn) FinishBundle(ctx context.Context, emit func(Answer), dead func(DeadLetter)) error {
	f.flush(ctx, emit, dead)
	f.use.end()
	return nil
}

// flush answers the texts that wait.
func (f *classifyFn) flush(ctx context.Context, emit func(Answer), dead func(DeadLetter)) {
	waiting, tokens := f.waiting, f.tokens
	f.waiting, f.tokens, f.bytes = f.waiting[:0], f.tokens[:0], 0
	together := f.batch != nil && len(waiting) > 1
	if together {
		var err error
		f.classes, err = f.batch.ClassifyTokens(f.classes[:0], tokens)
		together = err == nil // otherwise each has its error, or none, by itself
	}
	for i, t := range waiting {
		var class rnn.Class
		if together {
			class = f.classes[i]
		} else {
			var err error
			if class, err = f.session.ClassifyTokens(tokens[i]); err != nil {
				refuse(ctx, dead, t, err)
				continue
			}
		}
		steps.Inc(ctx, int64(len(tokens[i])))
		answer(ctx, emit, t, &class)
	}
}

// answer emits the answer to a text. class is nil if the text is empty.
func answer(ctx context.Context, emit func(Answer), t Text, class *rnn.Class) {
	var label, probability any
	if class != nil {
		label, probability = labelOf(class), class.Probability
	}
	records.Inc(ctx, 1)
	o := cli.Object{"file", t.File, "line", t.Row, "label", label, "probability", probability, "text", t.Text}
	emit(Answer{t.File, t.Row, string(cli.AppendJSON(nil, o))})
}

// refuse emits the dead letter of a text.
func refuse(ctx context.Context, dead func(DeadLetter), t Text, err error) {
	deadLetters.Inc(ctx, 1)
	dead(DeadLetter{t.File, t.Row, atLine(t.Row, err)})
}

// labelOf returns the class's name, or its index in a model without labels.
func labelOf(class *rnn.Class) string {
	if class.Label == "" {
		return fmt.Sprint(class.Index)
	}
	return class.Label
}
