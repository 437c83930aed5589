// Package runtime runs recurrent networks from .rnn files.
//
// A [Model] holds the weights. It is immutable and safe for concurrent use. A
// [Session] is one stream through the model: it holds the state and all the
// memory that a call needs, so calls allocate nothing. A Session must not be
// used by two goroutines at once; make one per stream, they are small.
//
//	m, err := rnn.Open("model.rnn")
//	s := m.NewSession()
//	y, err := s.Step(x)  // one time-step
//	y, err := s.Run(xs)  // a whole sequence
//
// # Which call for which model
//
// [Model.Task] says what a model is for, [Model.VocabularySize] whether it reads
// tokens (0: it reads numbers), [Model.ReadsText] whether it has a tokenizer, and
// [Model.Streamable] whether it can be stepped. Each call gives an error if it is
// not one for the model.
//
//	Task       of numbers              of tokens              of text
//	regress    Step, Run               StepToken, RunTokens   Encode, then as tokens
//	classify   ClassifyNumbers         ClassifyTokens         Classify, ClassifyBytes
//	tag        TagNumbers              TagTokens              Tag, TagBytes
//	language                           StepToken, Sampler     Generator
//	translate                          Translator.Translate   Translator.TranslateText, TranslateBytes
//
// Step, StepToken, Run and RunTokens are for every task but translate. They go on
// from where the session stands, and give all outputs. The calls that classify
// and tag read from the start of a stream, and [Session.Probabilities] then has
// the probabilities of all classes.
//
// The same model and the same inputs give the same output bits on every
// device and kernel set, whether step by step or as a whole sequence.
//
// # Many streams
//
// A [Batch] is many streams that make their steps together, which reads the weights
// once for all of them: of a network that the caches do not hold, a step of a hundred
// streams takes a fraction of a hundred steps of sessions. The bits are the same.
// Streams join and leave by [Batch.SetActive] at any step, begin anew by
// [Batch.Reset], and move to a session or another batch by [Batch.AppendState] and
// [Batch.SetState]. [Batch.Run] and [Batch.RunTokens] read many sequences of
// different lengths, of bidirectional models, too.
//
//	b := m.NewBatch(100)
//	y, err := b.Step(x)  // x is [100][I], y is [100][O]
//
// # Shapes
//
// T is the number of steps, I the input size and O the output size. Inputs are
// x [I] or xs [T][I], one step after the other in one slice; or token ids.
// Outputs are [O] of a step. Of a sequence they are [T][O], but [O] if the model
// pools its steps into one answer. The probabilities of classes are [C], or
// [T][C] of tags.
//
// # State
//
// A session starts from the model's initial states, which are zeros if none are
// learned. Every step moves it on, and Run continues from where the session
// stands. [Session.Reset] goes back to the start. [Session.AppendBinary] saves the
// state and [Session.UnmarshalBinary] resumes it, [Session.State] shows it, and
// [Session.Finite] tells whether it has become NaN or infinite. A bidirectional
// model, or one with a reverse layer, sees the end of a sequence before its
// beginning, so it cannot be stepped, and Run always starts from the initial
// states.
//
// # Inputs that are not finite
//
// Step, Run and the calls that classify and tag compute with NaN and infinities as
// with any number, and give no error, since a check would cost as much as a small
// step. A program whose sensor may give them checks its inputs, or asks
// [Session.Finite] now and then.
//
//   - NaN makes every state that reads it NaN, and so all outputs from then on,
//     until [Session.Reset]. An output that is the index of a class is then 0.
//   - An infinity saturates gates and tanh, and the states that are within ±1
//     stay so; but the difference of two infinities, or 0 times one, is NaN. A sum
//     that is no state, such as an output without an output function, is infinite.
//   - int8 keeps NaN as float32 does. Infinities become ±127 there, so the sums
//     stay finite: docs/quantization.md says which number that is.
//   - A snapshot holds the state as it stands, NaN and all: save one only if
//     [Session.Finite].
//
// The rules are the same on every kernel set, but for NaN's sign and payload.
//
// # Memory
//
// [Model.SessionBytes] says what a session takes that steps, and
// [Model.SequenceBytes] what sequences of so many steps take besides. A model that
// reads forward takes a constant, and the outputs of each step; one that reads
// backward also what each layer gives at each step, a few times the outputs: 1 MiB
// of text may take a gigabyte. A program that reads texts of others refuses those
// for which SequenceBytes is too great, or has a tokenizer with a MaxLength, which
// cuts them. A session keeps what its longest sequence took until [Session.Shrink],
// and [Session.Bytes] tells what that is now. The command rnnrun does both: it
// refuses texts that take more than 64 MiB, and shrinks after those above 8 MiB.
//
// # Long streams
//
// A session may read as many steps as 64 bits count. The mean of a pool is a plain
// sum of float32 up to 2^16 steps, at which it has about three digits, and then a
// compensated one: it only gains digits.
//
// # Translation
//
// A model for the task [format.TaskTranslate] has two halves, and is not stepped.
// It is an [EncoderDecoder], and its [Translator] does what a Session does of the
// others:
//
//	m, err := rnn.OpenEncoderDecoder("translator.rnn")
//	t, err := m.NewTranslator(rnn.WithBeam(4))
//	text, err := t.TranslateText(nil, "a text")
//
// Opening one kind as the other gives [ErrTranslates] or [ErrNotTranslator].
package runtime
