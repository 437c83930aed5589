package ports

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// Width returns the number of numbers and tokens in a step of all inputs.
func Width(inputs []format.Input) (n int) {
	for _, in := range inputs {
		n += in.Frames * in.Channels
	}
	return n
}

// isTokens reports whether an input is tokens, and isNumbers whether it is numbers.
func isTokens(in format.Input) bool  { return in.Tokens > 0 }
func isNumbers(in format.Input) bool { return in.Tokens == 0 }

// mixed reports whether some inputs are numbers and others are tokens.
func mixed(inputs []format.Input) bool {
	return slices.ContainsFunc(inputs, isNumbers) && slices.ContainsFunc(inputs, isTokens)
}

// Split appends the numbers and the tokens of steps of all inputs side by side.
func Split(inputs []format.Input, steps, numbers []float32, tokens []int32) ([]float32, []int32) {
	for len(steps) > 0 {
		for _, in := range inputs {
			n := in.Frames * in.Channels
			if in.Tokens == 0 {
				numbers = append(numbers, steps[:n]...)
			} else {
				for _, v := range steps[:n] {
					tokens = append(tokens, int32(v))
				}
			}
			steps = steps[n:]
		}
	}
	return numbers, tokens
}
