package dataset

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"os"
	"unicode"
	"unicode/utf8"
)

// A Text is the tokens of a text, wherever they are.
type Text interface {
	Len() int
	// Read reads the tokens from number at on into dst.
	Read(dst []int32, at int) error
}

// Tokens are a text in memory.
type Tokens []int32

// Len returns the number of tokens.
func (t Tokens) Len() int { return len(t) }

// Read implements [Text].
func (t Tokens) Read(dst []int32, at int) error {
	copy(dst, t[at:])
	return nil
}

// A TokenStore keeps a text's tokens: in memory as long as they fit into a
// limit, and beyond it in a temporary file.
type TokenStore struct{ data spill }

// NewTokenStore returns an empty store with that many bytes of memory. Close
// it, to let its file go.
func NewTokenStore(limit int64) *TokenStore { return &TokenStore{spill{limit: limit}} }

// Add adds tokens at the end.
func (t *TokenStore) Add(tokens []int32) error {
	_, err := t.data.Write(appendInts(make([]byte, 0, 4*len(tokens)), tokens))
	return err
}

// Len returns the number of tokens.
func (t *TokenStore) Len() int { return int(t.data.size / 4) }

// Read implements [Text].
func (t *TokenStore) Read(dst []int32, at int) error {
	b := make([]byte, 4*len(dst))
	if _, err := t.data.ReadAt(b, 4*int64(at)); err != nil {
		return fmt.Errorf("tokens from %d on: %w", at, err)
	}
	tokens, _ := takeInts(b, len(dst))
	copy(dst, tokens)
	return nil
}

// Close lets the tokens and their file go.
func (t *TokenStore) Close() error { return t.data.Close() }

// A Section is a part of a text file, in bytes.
type Section struct {
	Path     string
	From, To int64
}

// SplitText returns the sections of a text file without the last fraction of
// its characters, and those.
func SplitText(path string, fraction float64) (head, tail Section, err error) {
	f, err := os.Open(path)
	if err != nil {
		return head, tail, err
	}
	defer f.Close()
	var characters, bytes int64
	count := func(limit int64) error {
		characters, bytes = 0, 0
		for r := bufio.NewReaderSize(f, 1<<16); characters < limit; characters++ {
			_, size, err := r.ReadRune()
			if err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			bytes += int64(size)
		}
		return nil
	}
	if err := count(1<<63 - 1); err != nil {
		return head, tail, err
	}
	end := bytes
	if fraction > 0 {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return head, tail, err
		}
		if err := count(characters - int64(fraction*float64(characters))); err != nil {
			return head, tail, err
		}
	}
	return Section{path, 0, bytes}, Section{path, bytes, end}, nil
}

// chunkSize is about how many bytes of a text are in memory at once.
const chunkSize = 1 << 20

// Chunks yields the section in pieces that tokenize as the whole does: they end
// behind white space that is followed by none, or, in a long text without
// any, between two characters that differ.
func (s Section) Chunks() iter.Seq2[string, error] { return s.chunks(chunkSize) }

func (s Section) chunks(size int) iter.Seq2[string, error] {
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

// cut returns where a chunk ends, which is not at the end of b.
func cut(b []byte) int {
	different := 0
	next, size := utf8.RuneError, 0
	for at := len(b); at > 0; at -= size {
		var r rune
		r, size = utf8.DecodeLastRune(b[:at])
		// At the very end a character may be cut off, and what follows is unknown.
		if at < len(b)-utf8.UTFMax {
			if unicode.IsSpace(r) && !unicode.IsSpace(next) {
				return at
			}
			if different == 0 && unicode.ToLower(r) != unicode.ToLower(next) {
				different = at
			}
		}
		next = r
	}
	if different == 0 {
		return len(b) - utf8.UTFMax // one character all along: where it is cut matters only to MaxRun
	}
	return different
}
