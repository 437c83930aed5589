package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/kernels"
)

// LogProbabilities appends to dst the log-probabilities of the tokens of target,
// a given translation of source, and of the end token after them. The decoder
// reads target instead of its own translation (teacher forcing). The negative
// mean is the loss in training.
//
// The error is one of [Translator.Translate]'s. A [*TokenRangeError] may also
// name a token of target.
func (t *Translator) LogProbabilities(dst []float32, source, target []int32) ([]float32, error) {
	if err := t.read(source); err != nil {
		return dst, err
	}
	d, token, known := t.decoders[0], t.start, len(dst)
	for i := 0; i <= len(target); i++ {
		y, err := d.StepToken(token)
		if err != nil {
			return dst[:known], err
		}
		if token = t.end; i < len(target) {
			token = target[i]
		}
		if token < 0 || int(token) >= len(y) {
			_, err := d.StepToken(token) // refuses it
			return dst[:known], err
		}
		greatest := kernels.ArgMax(d.logits)
		dst = append(dst, (d.logits[token]-d.logits[greatest])+kernels.Log(y[greatest]))
	}
	runtime.KeepAlive(t)
	return dst, nil
}
