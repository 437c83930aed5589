package runtime

import (
	"errors"
	"fmt"
)

// The reasons for refusing a call. A refused call does not change the session's
// state.
var (
	// ErrClosed: the model was closed.
	ErrClosed = errors.New("the model is closed")
	// ErrBidirectional: the call would read a sequence step by step, which a
	// bidirectional model cannot do, nor one with a reverse layer, as a reverse
	// direction starts at the sequence's end.
	ErrBidirectional = errors.New("a bidirectional model reads whole sequences: use Run")
	// ErrInputKind: numbers were given to a model that reads tokens, or tokens
	// to one that reads numbers.
	ErrInputKind = errors.New("wrong kind of input")
	// ErrInputSize is wrapped by an [*InputSizeError].
	ErrInputSize = errors.New("wrong input size")
	// ErrTokenRange is wrapped by a [*TokenRangeError].
	ErrTokenRange = errors.New("token out of range")
	// ErrNoSteps: a model that pools its steps into one answer has seen none.
	ErrNoSteps = errors.New("a sequence of no steps has no answer")
	// ErrSequenceLength: the outputs of a sequence take more bytes than there are
	// addresses, as on 32 bits those of long ones may. Read it in parts.
	ErrSequenceLength = errors.New("the sequence is too long to be read at once")
	// ErrSnapshot is wrapped by a [*SnapshotError].
	ErrSnapshot = errors.New("snapshot refused")
	// ErrNoTokenizer: the model holds no tokenizer, so it cannot read text.
	ErrNoTokenizer = errors.New("the model has no tokenizer: give it tokens")
	// ErrNotClassifier: the model gives no class for a sequence.
	ErrNotClassifier = errors.New("the model does not classify sequences")
	// ErrNoAnomaly: the model holds no thresholds of anomalies, or gives no output
	// at every step.
	ErrNoAnomaly = errors.New("the model has no thresholds of anomalies: rnntrain forecast --anomaly gives it some")
	// ErrNotTagger: the model gives no class for each token.
	ErrNotTagger = errors.New("the model does not tag tokens")
	// ErrNotGenerator: the model does not predict the next token of a text.
	ErrNotGenerator = errors.New("the model does not write text")
	// ErrNoStart: a text can begin with neither a start token nor a prompt.
	ErrNoStart = errors.New("the model has no start token: give it a prompt")
	// ErrTranslates: the model has a decoder, so it is an [EncoderDecoder].
	ErrTranslates = errors.New("the model translates sequences: use OpenEncoderDecoder")
	// ErrNotTranslator: the model has no decoder, so it is a [Model].
	ErrNotTranslator = errors.New("the model does not translate sequences")
	// ErrTranslatorOption: an option of a translator is out of range.
	ErrTranslatorOption = errors.New("translator refused")
	// ErrNoGoldens: the model holds no golden inputs to verify it with.
	ErrNoGoldens = errors.New("the model has no golden inputs")
	// ErrGoldenLength: a golden input is so long that a model that reads backward
	// would take more than 256 MiB to replay it.
	ErrGoldenLength = errors.New("the golden input is too long to replay")
	// ErrVerify is wrapped by a [*VerifyError].
	ErrVerify = errors.New("verification failed")
)

var (
	errWantsTokens  = fmt.Errorf("%w: the model reads tokens, not numbers", ErrInputKind)
	errWantsNumbers = fmt.Errorf("%w: the model reads numbers, not tokens", ErrInputKind)
	errWantsBoth    = fmt.Errorf("%w: the model reads numbers and tokens: give both to RunInputs or Advance", ErrInputKind)
)

// An InputSizeError says how many inputs were given and how many are due.
type InputSizeError struct {
	Got  int
	Want int // inputs of a step

	sequence bool // a multiple of Want is due
}

func (e *InputSizeError) Error() string {
	inputs, due := "inputs", ""
	if e.Got == 1 {
		inputs = "input"
	}
	if e.sequence {
		due = "a multiple of "
	}
	return fmt.Sprintf("%v: got %d %s, want %s%d", ErrInputSize, e.Got, inputs, due, e.Want)
}

// Unwrap returns [ErrInputSize].
func (e *InputSizeError) Unwrap() error { return ErrInputSize }

// A TokenRangeError names the token that the model's embedding has no row for.
type TokenRangeError struct {
	Token  int32
	Step   int // of the call, from 0
	Tokens int // rows of the embedding
}

func (e *TokenRangeError) Error() string {
	return fmt.Sprintf("%v: token %d of step %d is not one of 0 to %d", ErrTokenRange, e.Token, e.Step, e.Tokens-1)
}

// Unwrap returns [ErrTokenRange].
func (e *TokenRangeError) Unwrap() error { return ErrTokenRange }

// A SnapshotError says why a snapshot cannot be resumed.
type SnapshotError struct{ Reason string }

func (e *SnapshotError) Error() string { return fmt.Sprintf("%v: %s", ErrSnapshot, e.Reason) }

// Unwrap returns [ErrSnapshot].
func (e *SnapshotError) Unwrap() error { return ErrSnapshot }

// A VerifyError reports where a model's outputs differ from those that its author
// recorded.
type VerifyError struct {
	Golden            int    // index of the golden input
	Kernels           string // the kernel set that ran
	Call              string // "Run", "Step" or "Translate"
	GotHash, WantHash uint64 // over the bits of all outputs

	// Step and Output name the recorded output that is farthest off, with its
	// values. Only the last step is recorded: where that is right and an
	// earlier one wrong, Step is -1.
	Step, Output int
	Got, Want    float32
}

func (e *VerifyError) Error() string {
	where := "an earlier output than the last step's differs"
	if e.Step >= 0 {
		where = fmt.Sprintf("step %d, output %d is %v, not %v", e.Step, e.Output, e.Got, e.Want)
	}
	return fmt.Sprintf("%v: golden %d by %s on kernel set %s: %s (hash %016x, not %016x)",
		ErrVerify, e.Golden, e.Call, e.Kernels, where, e.GotHash, e.WantHash)
}

// Unwrap returns [ErrVerify].
func (e *VerifyError) Unwrap() error { return ErrVerify }
