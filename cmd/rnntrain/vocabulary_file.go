package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
)

// readVocabulary reads a vocabulary, made by another program, for an embedding with that
// many tokens: one token per line, a JSON list, or a JSON object {token: id}, as Keras
// and Hugging Face write it. An id without a token gets a name that no text can have;
// unused is the number of these ids.
func readVocabulary(path string, tokens int) (vocabulary []string, unused int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch trimmed := bytes.TrimLeft(data, " \t\r\n"); {
	case isJSONObject(trimmed):
		vocabulary, err = vocabularyOfIDs(trimmed, tokens)
	case json.Valid(trimmed) && bytes.HasPrefix(trimmed, []byte("[")):
		if json.Unmarshal(trimmed, &vocabulary) != nil {
			err = errors.New("it is a JSON list, but its values are not all strings")
		}
	default:
		vocabulary, err = vocabularyOfLines(data)
	}
	if err == nil && len(vocabulary) != tokens {
		err = fmt.Errorf("it has %s, but the model's embedding has %d: give a vocabulary with as many; if some ids have no text, give a JSON object {token: id}; "+
			"if a token is a newline, also give JSON", message.Count(len(vocabulary), "token"), tokens)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("the vocabulary %s: %w", path, err)
	}
	seen := make(map[string]int, tokens)
	for id, text := range vocabulary {
		if text == "" {
			vocabulary[id] = fmt.Sprintf("<unused %d>", id)
			unused++
		}
		if first, twice := seen[vocabulary[id]]; twice {
			return nil, 0, fmt.Errorf("the vocabulary %s: %s is the token of the ids %d and %d", path, shortQuote(text), first, id)
		}
		seen[vocabulary[id]] = id
	}
	return vocabulary, unused, nil
}

// isJSONObject reports whether data is a JSON object, rather than lines of which the
// first is a brace.
func isJSONObject(data []byte) bool { return bytes.HasPrefix(data, []byte("{")) && json.Valid(data) }

// vocabularyOfIDs reads a JSON object {token: id}, in which no id is repeated.
func vocabularyOfIDs(data []byte, tokens int) ([]string, error) {
	vocabulary := make([]string, tokens)
	taken := make([]bool, tokens)
	d := json.NewDecoder(bytes.NewReader(data))
	_, _ = d.Token() // the brace
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		text := key.(string) // a key is a string
		var number json.Number
		if err := d.Decode(&number); err != nil {
			return nil, fmt.Errorf("the value of %s is not a number: give a JSON object {token: id}, such as Keras' word_index or Hugging Face's vocab.json", shortQuote(text))
		}
		id, err := strconv.Atoi(string(number))
		switch {
		case err != nil || id < 0:
			return nil, fmt.Errorf("the id of %s is %.20q, not a whole number from 0 on", shortQuote(text), number)
		case id >= tokens:
			return nil, fmt.Errorf("the id of %s is %d, but the model's embedding has the ids 0 to %d: leave out tokens that the model was not trained with", shortQuote(text), id, tokens-1)
		case taken[id]:
			return nil, fmt.Errorf("%s and %s have the id %d", shortQuote(vocabulary[id]), shortQuote(text), id)
		}
		vocabulary[id], taken[id] = text, true
	}
	return vocabulary, nil
}

// vocabularyOfLines reads one token per line.
func vocabularyOfLines(data []byte) ([]string, error) {
	if len(data) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	windows := true
	for _, line := range lines {
		windows = windows && strings.HasSuffix(line, "\r")
	}
	for i, line := range lines {
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("line %d is not UTF-8", i+1)
		}
		if windows {
			lines[i] = strings.TrimSuffix(line, "\r")
		}
	}
	return lines, nil
}

// shortQuote quotes the start of a text.
func shortQuote(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) > most {
		return strconv.Quote(string([]rune(text)[:most])) + "…"
	}
	return strconv.Quote(text)
}
