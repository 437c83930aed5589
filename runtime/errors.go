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
	// ErrBidirectional: the call reads a sequence step by step, but the model
	// is bidirectional or has a reverse layer, which starts at the sequence's
	// end.
	ErrBidirectional = errors.New("a bidirectional model reads whole sequences: use Run")
	// ErrInputKind: numbers were given to a model that reads tokens, or tokens
	// to one that reads numbers.
	ErrInputKind = errors.New("wrong kind of input")
	// ErrInputSize is wrapped by an [*InputSizeError].
	ErrInputSize = errors.New("wrong input size")
	// ErrTokenRange is wrapped by a [*TokenRangeError].
	ErrTokenRange = errors.New("token out of range")
	// ErrNoSteps: a model that pools its steps into one answer has seen none.
	ErrNoSteps = errors.New("an empty sequence has no answer: give at least one step")
	// ErrSequenceLength: the outputs of a sequence do not fit into the address
	// space, which may happen on 32 bits. Read the sequence in parts.
	ErrSequenceLength = errors.New("the sequence is too long to be read at once")
	// ErrSnapshot is wrapped by a [*SnapshotError].
	ErrSnapshot = errors.New("snapshot refused")
	// ErrNoTokenizer: the model holds no tokenizer, so it cannot read text.
	ErrNoTokenizer = errors.New("the model has no tokenizer: give it tokens")
	// ErrNotClassifier: the model gives no class for a sequence.
	ErrNotClassifier = errors.New("the model does not classify sequences")
	// ErrNoAnomaly: the model has no anomaly thresholds, or gives no output at
	// each step.
	ErrNoAnomaly = errors.New("the model has no anomaly thresholds: train it with rnntrain forecast --anomaly")
	// ErrNotTagger: the model gives no class for each token.
	ErrNotTagger = errors.New("the model does not tag tokens")
	// ErrNotGenerator: the model does not predict the next token of a text.
	ErrNotGenerator = errors.New("the model does not write text")
	// ErrNoStart: the model has no start token, and the prompt is empty.
	ErrNoStart = errors.New("the model has no start token: give it a prompt")
	// ErrTranslates: the model has a decoder, so it is an [EncoderDecoder].
	ErrTranslates = errors.New("the model translates sequences: use OpenEncoderDecoder")
	// ErrNotTranslator: the model has no decoder, so it is a [Model].
	ErrNotTranslator = errors.New("the model does not translate sequences")
	// ErrTranslatorOption: an option of a translator is out of range.
	ErrTranslatorOption = errors.New("translator option out of range")
	// ErrNoGoldens: the model holds no golden inputs to verify it with.
	ErrNoGoldens = errors.New("the model has no golden inputs")
	// ErrGoldenLength: the model reads backward, and to replay a golden input
	// would take more than 256 MiB.
	ErrGoldenLength = errors.New("the golden input is too long to replay")
	// ErrVerify is wrapped by a [*VerifyError].
	ErrVerify = errors.New("verification failed")
)

var (
	errWantsTokens  = fmt.Errorf("%w: the model reads tokens, not numbers", ErrInputKind)
	errWantsNumbers = fmt.Errorf("%w: the model reads numbers, not tokens", ErrInputKind)
	errWantsBoth    = fmt.Errorf("%w: the model reads numbers and tokens: give both to RunInputs, or use Advance", ErrInputKind)
)

// An InputSizeError says how many inputs were given and how many are expected.
type InputSizeError struct {
	Got  int
	Want int // inputs of a step

	sequence bool // a multiple of Want is expected
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

// A TokenRangeError names a token for which the model's embedding has no row.
type TokenRangeError struct {
	Token  int32
	Step   int // of the call, from 0
	Tokens int // rows of the embedding
}

func (e *TokenRangeError) Error() string {
	return fmt.Sprintf("%v: token %d of step %d, want 0 to %d", ErrTokenRange, e.Token, e.Step, e.Tokens-1)
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
	// values. Only the last step is recorded: if it is right and an earlier
	// step is wrong, Step is -1.
	Step, Output int
	Got, Want    float32
}

func (e *VerifyError) Error() string {
	where := "an output before the last step differs"
	if e.Step >= 0 {
		where = fmt.Sprintf("step %d, output %d: got %v, want %v", e.Step, e.Output, e.Got, e.Want)
	}
	return fmt.Sprintf("%v: golden %d by %s on kernel set %s: %s (got hash %016x, want %016x)",
		ErrVerify, e.Golden, e.Call, e.Kernels, where, e.GotHash, e.WantHash)
}

// Unwrap returns [ErrVerify].
func (e *VerifyError) Unwrap() error { return ErrVerify }
