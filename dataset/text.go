package dataset

import (
	"io"
	"iter"
	"os"
	"unicode"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/nfc"
)

// A TextSection is a part of a text file, in bytes.
type TextSection struct {
	Path     string
	From, To int64
}

// chunkSize is approximately the number of bytes of a text in memory at once.
const chunkSize = 1 << 20

// Chunks yields the section in pieces that tokenize as the whole does: they end
// after white space that is not followed by more, or, in a long text without
// any, between two different characters, but never before a combining mark.
func (s TextSection) Chunks() iter.Seq2[string, error] { return s.chunks(chunkSize) }

func (s TextSection) chunks(size int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		f, err := os.Open(s.Path)
		if err != nil {
			yield("", err)
			return
		}
		defer f.Close()
		r := io.NewSectionReader(f, s.From, s.To-s.From)
		buffer := make([]byte, 0, size)
		for {
			n, err := io.ReadFull(r, buffer[len(buffer):size])
			buffer = buffer[:len(buffer)+n]
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				if len(buffer) > 0 {
					yield(string(buffer), nil)
				}
				return
			} else if err != nil {
				yield("", err)
				return
			}
			at := cut(buffer)
			if !yield(string(buffer[:at]), nil) {
				return
			}
			buffer = append(buffer[:0], buffer[at:]...)
		}
	}
}

// cut returns the end of a chunk, which is before the end of b.
func cut(b []byte) int {
	different := 0
	next, size := utf8.RuneError, 0
	for at := len(b); at > 0; at -= size {
		var r rune
		r, size = utf8.DecodeLastRune(b[:at])
		// At the very end a character may be cut off, and what follows is unknown.
		if at < len(b)-utf8.UTFMax {
			if unicode.IsSpace(r) && !unicode.IsSpace(next) && nfc.BeginsSegment(next) {
				return at
			}
			if different == 0 && nfc.BeginsSegment(next) && unicode.ToLower(r) != unicode.ToLower(next) {
				different = at
			}
		}
		next = r
	}
	if different == 0 {
		return len(b) - utf8.UTFMax // the same character everywhere: only MaxRun depends on the cut
	}
	return different
}
