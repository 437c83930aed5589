package dataset

// A Sequence is one example: what a network reads and what it is to answer. It
// has tokens or inputs, and classes or values.
type Sequence struct {
	// Source is what an encoder–decoder reads, a token a step. Tokens are then
	// what its decoder reads, and Classes what it is to answer.
	Source []int32
	Tokens []int32   // a token a step, if the model has an embedding
	Inputs []float32 // [steps][input size], if it has none
	// Classes are the targets of a softmax: one a step, or one in all if the
	// model pools. A step whose class is [Ignore] has no target.
	Classes []int32
	// Values are the targets of a linear or sigmoid output: [steps][outputs],
	// or [outputs] if the model pools. A value that is NaN is no target.
	Values []float32
}

// Ignore is the class of a step that has no target, and so no loss.
const Ignore int32 = -1

// length returns how many tokens or numbers a sequence has.
func (s *Sequence) length() int { return len(s.Source) + max(len(s.Tokens), len(s.Inputs)) }
