package dataset

// A Sequence is one example.
type Sequence struct {
	// Source is what an encoder–decoder reads, a token a step. Tokens are then
	// what its decoder reads, and Classes what it is to answer.
	Source []int32
	Tokens []int32   // a token a step, where the model has an embedding
	Inputs []float32 // [steps][input size], where it has none
	// Classes are the targets of a softmax: one a step, or one in all where
	// the model pools. Steps of class Ignore have no loss.
	Classes []int32
	// Values are the targets of a linear or sigmoid output: [steps][outputs],
	// or [outputs] where the model pools. Those that are NaN have no loss.
	Values []float32
}

// Ignore is the class of a step that has no loss.
const Ignore = -1
