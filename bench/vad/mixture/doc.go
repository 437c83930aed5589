// Package mixture mixes speech with noise, and tells in which steps there is speech: the
// sounds that builtin:vad is trained on, and those that it is measured on. The same seed
// makes the same sounds of the same recordings.
//
// All sounds have one channel of [Rate], within ±1.
package mixture

// Rate is how many samples a second all sounds have, and Step how many have a label: 16 ms.
const (
	Rate = 16000
	Step = 256
)
