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
// The same model and the same inputs give the same output bits on every
// device and kernel set, whether step by step or as a whole sequence.
//
// # Shapes
//
// T is the number of steps, I the input size and O the output size. Inputs are
// x [I] or xs [T][I], one step after the other in one slice; or token ids.
// Outputs are [O] of a step. Of a sequence they are [T][O], but [O] where the
// model pools its steps into one answer.
//
// # State
//
// A session starts from the model's initial states, which are zeros where none
// are learned. Every step moves it on, and Run continues from where the
// session stands. [Session.Reset] goes back to the start. A bidirectional
// model, or one with a reverse layer, sees the end of a sequence before its
// beginning, so it cannot be stepped, and Run always starts from the initial
// states.
//
// # Translation
//
// A model for the task [format.Translate] has two halves, and is not stepped. A
// [Translator] does what a Session does of the others:
//
//	t, err := m.NewTranslator(rnn.Beam(4))
//	text, err := t.TranslateText(nil, "a text")
package runtime
