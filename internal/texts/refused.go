package texts

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// ErrLongLine is the error of a line that is longer than a text may be.
var ErrLongLine = errors.New("the line has more than 1 MiB; split it")

// ErrNotUTF8 is the error of a text in another encoding.
var ErrNotUTF8 = errors.New("the text is not UTF-8; convert it first, for instance with: iconv -f cp949 -t utf-8")

// MostBytes is the most memory that a text may take unless --max-tokens is given: a line
// of 1 MiB would take gigabytes in a bidirectional model.
const MostBytes = 64 << 20

// A LongError is the error of a text with too many tokens.
type LongError struct {
	Tokens, Most int
	Bytes        int
}

// Error says what to do.
func (e *LongError) Error() string {
	if e.Most > 0 {
		return fmt.Sprintf("the text has %s, more than --max-tokens %d: split it, or give a greater --max-tokens", message.Count(e.Tokens, "token"), e.Most)
	}
	return fmt.Sprintf("the text has %s, which need %d MiB of memory, more than %d: split it, or allow them with --max-tokens %d",
		message.Count(e.Tokens, "token"), e.Bytes>>20, MostBytes>>20, e.Tokens)
}

// CheckLength returns a *LongError if a text with that many tokens, which take that many
// bytes of memory, is too long: it has more than most tokens or, if most is 0, takes more
// than [MostBytes].
func CheckLength(tokens, bytes, most int) error {
	if most > 0 && tokens > most || most == 0 && bytes > MostBytes {
		return &LongError{tokens, most, bytes}
	}
	return nil
}
