package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/tokenizer"
)

// Encode appends the tokens of text to dst. The error is [ErrClosed], [ErrNoTokenizer] or a
// [*tokenizer.UnknownTokenError].
func (m *Model) Encode(dst []int32, text string) ([]int32, error) {
	return encode(m, dst, text)
}

// EncodeBytes is [Model.Encode] for a text in bytes.
func (m *Model) EncodeBytes(dst []int32, text []byte) ([]int32, error) {
	return encode(m, dst, text)
}

func encode[T string | []byte](m *Model, dst []int32, text T) ([]int32, error) {
	switch {
	case m.closed.Load():
		return dst, ErrClosed
	case m.tokenizer == nil:
		return dst, ErrNoTokenizer
	}
	dst, err := encodeTokens(m.tokenizer, dst, text)
	runtime.KeepAlive(m) // and with it the vocabulary's memory
	return dst, err
}

func encodeTokens[T string | []byte](z *tokenizer.Tokenizer, dst []int32, text T) ([]int32, error) {
	switch text := any(text).(type) {
	case []byte:
		return z.EncodeBytes(dst, text)
	case string:
		return z.Encode(dst, text)
	}
	panic("no text") // T is one of the two
}
