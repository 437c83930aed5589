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
	batchSize   = 64      // default number of texts or sequences in a batch
	textsAhead  = 8       // batches of texts to read ahead, so that texts of similar length are run together
	batchMemory = 1 << 25 // most bytes of memory for the waiting texts
)

// A classifyFn classifies texts in batches.
type classifyFn struct {
	Options Options

	use     use
	session *rnn.Session
	batch   *rnn.Batch // nil: batches are not faster for the model
	waiting []Text
	tokens  [][]int32
	bytes   int
	classes []rnn.Class
}

func init() {
	register.DoFn4x1[context.Context, Text, func(Answer), func(DeadLetter), error](&classifyFn{})
}

// StartBundle acquires the model.
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

// batch returns the number of texts or sequences in a batch.
func (o *Options) batch() int {
	if o.Batch > 0 {
		return o.Batch
	}
	return batchSize
}

// ProcessElement takes a text, which is answered together with others.
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

// encode returns the tokens of a text, and the bytes of memory that they need.
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

// FinishBundle answers the waiting texts.
func (f *classifyFn) FinishBundle(ctx context.Context, emit func(Answer), dead func(DeadLetter)) error {
	f.flush(ctx, emit, dead)
	f.use.end()
	return nil
}

// flush answers the waiting texts.
func (f *classifyFn) flush(ctx context.Context, emit func(Answer), dead func(DeadLetter)) {
	waiting, tokens := f.waiting, f.tokens
	f.waiting, f.tokens, f.bytes = f.waiting[:0], f.tokens[:0], 0
	together := f.batch != nil && len(waiting) > 1
	if together {
		var err error
		f.classes, err = f.batch.ClassifyTokens(f.classes[:0], tokens)
		together = err == nil // otherwise each text is run alone and has its own error or answer
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

// answer emits the answer to a text. class is nil for an empty text.
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

// labelOf returns the name of a class, or its index in a model without labels.
func labelOf(class *rnn.Class) string {
	if class.Label == "" {
		return fmt.Sprint(class.Index)
	}
	return class.Label
}
