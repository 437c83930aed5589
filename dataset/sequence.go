package dataset

// A Sequence is one example: the input of a network and its expected answer. It
// has tokens or inputs, and classes or values.
type Sequence struct {
	// Source is the input of an encoder–decoder, one token per step. Tokens are
	// then the input of its decoder, and Classes the decoder's targets.
	Source []int32
	Tokens []int32   // one token per step, if the model has an embedding
	Inputs []float32 // [steps][input size], if it has none
	// Classes are the targets of a softmax: one per step, or a single one if
	// the model pools (many-to-one). A step whose class is [Ignore] has no
	// target.
	Classes []int32
	// Values are the targets of a linear or sigmoid output: [steps][outputs],
	// or [outputs] if the model pools. A value of NaN is not a target.
	Values []float32
}

// Ignore is the class of a step that has no target, and so no loss.
const Ignore int32 = -1

// length returns how many tokens or numbers a sequence has.
func (s *Sequence) length() int { return len(s.Source) + max(len(s.Tokens), len(s.Inputs)) }
