package dataset

import "fmt"

// A TokenText holds the tokens of a text, in memory or elsewhere.
type TokenText interface {
	Len() int
	// Read reads the tokens from number at on into dst.
	Read(dst []int32, at int) error
}

// Tokens are a text in memory.
type Tokens []int32

// Len returns the number of tokens.
func (t Tokens) Len() int { return len(t) }

// Read implements [TokenText].
func (t Tokens) Read(dst []int32, at int) error {
	copy(dst, t[at:])
	return nil
}

// A TokenStore keeps a text's tokens: in memory as long as they fit into a
// limit, and beyond it in a temporary file.
type TokenStore struct{ data spill }

// NewTokenStore returns an empty store with that many bytes of memory. Close it
// to release its file.
func NewTokenStore(limit int64) *TokenStore { return &TokenStore{spill{limit: limit}} }

// Add adds tokens at the end.
func (t *TokenStore) Add(tokens []int32) error {
	_, err := t.data.Write(appendInts(make([]byte, 0, 4*len(tokens)), tokens))
	return err
}

// Len returns the number of tokens.
func (t *TokenStore) Len() int { return int(t.data.size / 4) }

// Read implements [TokenText].
func (t *TokenStore) Read(dst []int32, at int) error {
	b := make([]byte, 4*len(dst))
	if _, err := t.data.ReadAt(b, 4*int64(at)); err != nil {
		return fmt.Errorf("tokens from %d on: %w", at, err)
	}
	tokens, _ := takeInts(b, len(dst))
	copy(dst, tokens)
	return nil
}

// Close releases the tokens and their file.
func (t *TokenStore) Close() error { return t.data.Close() }
