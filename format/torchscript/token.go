package torchscript

import (
	"fmt"
	"strings"
)

// A token is a piece of code. Lines begin and end with tokens of their own.
type token struct {
	text string // of a string without its quotes
	line int32
	kind tokenKind
}

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenLine
	tokenIndent
	tokenDedent
	tokenName
	tokenNumber
	tokenString
	tokenMark // punctuation
)

// scan returns the tokens of a file, of which there are at most so many.
func scan(code string, most int) ([]token, error) {
	s := scanner{indents: []int{0}, most: most}
	for text := range strings.SplitSeq(code, "\n") {
		s.line++
		if err := s.scanLine(text); err != nil {
			return nil, fmt.Errorf("line %d: %w", s.line, err)
		}
	}
	if s.depth > 0 {
		return nil, fmt.Errorf("line %d: a bracket is open", s.line)
	}
	for range s.indents[1:] {
		s.add(tokenDedent, "")
	}
	s.add(tokenEnd, "")
	return s.tokens, nil
}

type scanner struct {
	tokens  []token
	indents []int
	depth   int // of brackets: lines go on within them
	most    int // tokens
	line    int
}

func (s *scanner) add(kind tokenKind, text string) {
	s.tokens = append(s.tokens, token{text, int32(s.line), kind})
}

func (s *scanner) scanLine(text string) error {
	rest := strings.TrimLeft(text, " ")
	if rest == "" || rest[0] == '#' {
		return nil
	}
	if s.depth == 0 {
		if err := s.indent(len(text) - len(rest)); err != nil {
			return err
		}
	}
	for rest != "" {
		if len(s.tokens) > s.most {
			return fmt.Errorf("too much code")
		}
		var err error
		if rest, err = s.next(rest); err != nil {
			return err
		}
		rest = strings.TrimLeft(rest, " \t\r")
		if strings.HasPrefix(rest, "#") {
			break
		}
	}
	if s.depth == 0 {
		s.add(tokenLine, "")
	}
	return nil
}

// indent begins and ends blocks.
func (s *scanner) indent(n int) error {
	switch last := s.indents[len(s.indents)-1]; {
	case n > last:
		s.indents = append(s.indents, n)
		s.add(tokenIndent, "")
	case n < last:
		for s.indents[len(s.indents)-1] > n {
			s.indents = s.indents[:len(s.indents)-1]
			s.add(tokenDedent, "")
		}
		if s.indents[len(s.indents)-1] != n {
			return fmt.Errorf("it is indented by %d, as no line before it", n)
		}
	}
	return nil
}

// next takes a token from the start of the text, and returns what follows.
func (s *scanner) next(text string) (rest string, err error) {
	c := text[0]
	switch {
	case isLetter(c):
		n := 1
		for n < len(text) && (isLetter(text[n]) || isDigit(text[n])) {
			n++
		}
		s.add(tokenName, text[:n])
		return text[n:], nil
	case isDigit(c) || c == '.' && len(text) > 1 && isDigit(text[1]):
		n := 1
		for n < len(text) && (isDigit(text[n]) || isLetter(text[n]) || text[n] == '.' || (text[n] == '-' || text[n] == '+') && (text[n-1] == 'e' || text[n-1] == 'E')) {
			n++
		}
		s.add(tokenNumber, text[:n])
		return text[n:], nil
	case c == '"' || c == '\'':
		return s.quoted(text)
	}
	if strings.HasPrefix(text, "->") {
		s.add(tokenMark, "->")
		return text[2:], nil
	}
	switch {
	case strings.IndexByte("([{", c) >= 0:
		s.depth++
	case strings.IndexByte(")]}", c) >= 0:
		if s.depth--; s.depth < 0 {
			return "", fmt.Errorf("a bracket %q that is not open", c)
		}
	case strings.IndexByte(".,:=-", c) < 0:
		return "", fmt.Errorf("the character %q", c)
	}
	s.add(tokenMark, text[:1])
	return text[1:], nil
}

// quoted takes a string.
func (s *scanner) quoted(text string) (rest string, err error) {
	if n := strings.IndexByte(text[1:], text[0]); n >= 0 && strings.IndexByte(text[1:][:n], '\\') < 0 {
		s.add(tokenString, text[1:][:n])
		return text[n+2:], nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case text[0]:
			s.add(tokenString, b.String())
			return text[i+1:], nil
		case '\\':
			if i++; i == len(text) {
				return "", fmt.Errorf("a string that does not end")
			}
			b.WriteByte(text[i]) // strings are messages and names: control characters do not matter
		default:
			b.WriteByte(text[i])
		}
	}
	return "", fmt.Errorf("a string that does not end")
}

func isLetter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
