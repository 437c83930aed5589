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
