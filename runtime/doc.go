// Package runtime runs recurrent networks from .rnn files.
//
// A [Model] holds the weights. It is immutable and safe for concurrent use. A
// [Session] is one stream through the model: it holds the state and all the
// memory that a call needs, so calls allocate nothing. A Session must not be
// used by two goroutines at once; make one per stream, sessions are small.
//
//	m, err := rnn.Open("model.rnn")
//	s := m.NewSession()
//	y, err := s.Step(x)  // one time-step
//	y, err := s.Run(xs)  // a whole sequence
//
// # Which call for which model
//
// [Model.Task] returns the task of a model. [Model.VocabularySize] is 0 if the
// model reads numbers instead of tokens. [Model.ReadsText] reports whether it
// has a tokenizer, and [Model.Streamable] whether it can be stepped. A call
// that does not fit the model returns an error.
//
//	Task       numbers                 tokens                 text
//	regress    Step, Run               StepToken, RunTokens   Encode, then tokens
//	classify   ClassifyNumbers         ClassifyTokens         Classify, ClassifyBytes
//	tag        TagNumbers              TagTokens              Tag, TagBytes
//	language                           StepToken, Sampler     Generator
//	translate                          Translator.Translate   Translator.TranslateText, TranslateBytes
//
// Step, StepToken, Run and RunTokens work for every task except translate. They
// continue from the session's state and return all outputs. The calls that
// classify and tag start a new stream; [Session.Probabilities] then returns the
// probabilities of all classes.
//
// The same model and the same inputs give the same output bits on every
// device and kernel set, whether step by step or as a whole sequence.
//
// # Many streams
//
// A [Batch] steps many streams together and reads the weights once for all of
// them. If the network does not fit into the caches, a step of a hundred streams
// takes a fraction of the time of a hundred session steps. The bits are the same.
// [Batch.SetActive] lets a stream join or leave at any step, [Batch.Reset]
// restarts it, and [Batch.AppendState] and [Batch.SetState] move it to a session
// or another batch. [Batch.Run] and [Batch.RunTokens] read many sequences of
// different lengths, also with bidirectional models.
//
//	b := m.NewBatch(100)
//	y, err := b.Step(x)  // x is [100][I], y is [100][O]
//
// # Several cores
//
// A call runs on the caller's goroutine only. [WithThreads] shares the products of
// large layers among several threads, with the same bits. Many sessions on your own
// goroutines, or batches, use several cores better than one session can.
//
// # Shapes
//
// T is the number of steps, I the input size and O the output size. Inputs are x
// [I] or xs [T][I], one step after the other in one slice; or token ids. The
// outputs of a step are [O]. The outputs of a sequence are [T][O] (many-to-many),
// or [O] if the model pools its steps into one answer (many-to-one). The
// probabilities of classes are [C], for tags [T][C].
//
// # State
//
// A session starts from the model's initial states, which are zeros if none are
// learned. Every step updates the state, and Run continues from it.
// [Session.Reset] goes back to the start. [Session.AppendBinary] saves the state
// and [Session.UnmarshalBinary] resumes it, [Session.State] returns it, and
// [Session.Finite] reports whether it is still finite. A bidirectional model, or
// one with a reverse layer, sees the end of a sequence before its beginning, so
// it cannot be stepped, and Run always starts from the initial states.
//
// # Inputs that are not finite
//
// Step, Run and the calls that classify and tag accept NaN and infinities without
// an error, since a check would cost as much as a small step. If your sensor may
// produce them, check the inputs, or call [Session.Finite] from time to time.
//
//   - NaN makes every state that reads it NaN, and with it all later outputs,
//     until [Session.Reset]. An output that is the index of a class is then 0.
//   - An infinity saturates gates and tanh, so states within ±1 stay there. But
//     the difference of two infinities, or 0 times infinity, is NaN. A sum that is
//     not a state, such as an output without an output function, becomes infinite.
//   - With int8 weights, NaN behaves as with float32. Infinities are quantized
//     to ±127, so the sums stay finite: docs/quantization.md says which number
//     that stands for.
//   - A snapshot holds the state as it is, including NaN: save one only if
//     [Session.Finite] returns true.
//
// The rules are the same on every kernel set, except for NaN's sign and payload.
//
// # Memory
//
// [Model.SessionBytes] returns the memory of a session that only steps, and
// [Model.SequenceBytes] the additional memory of sequences of a given length. A
// model that reads forward takes a constant plus the outputs of each step. A
// model that reads backward also stores the outputs of every layer at each step,
// which is a few times as much: 1 MiB of text may take a gigabyte. A program
// that reads untrusted texts should refuse those whose SequenceBytes is too
// large, or use a tokenizer with a MaxLength, which truncates them. A session
// keeps the memory of its longest sequence until [Session.Shrink];
// [Session.Bytes] returns the current size. The command rnnrun does both: it
// refuses texts that take more than 64 MiB, and shrinks after texts above 8 MiB.
//
// # Long streams
//
// A session can read up to 2^64 steps. A mean pool uses a plain float32 sum for
// the first 2^16 steps, after which about three digits are correct, and then a
// compensated sum, whose precision only improves.
//
// # Translation
//
// A model for the task [format.TaskTranslate] is an [EncoderDecoder]
// (sequence-to-sequence). It cannot be stepped; a [Translator] takes the place of
// the Session and searches by beam search:
//
//	m, err := rnn.OpenEncoderDecoder("translator.rnn")
//	t, err := m.NewTranslator(rnn.WithBeam(4))
//	text, err := t.TranslateText(nil, "a text")
//
// Opening one kind of model as the other returns [ErrTranslates] or
// [ErrNotTranslator].
package runtime
