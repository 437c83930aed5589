package tokenizer_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

func ExampleTokenizer_Encode() {
	options := &format.Tokenizer{Kind: format.TokenizerWords, Lowercase: true, Unknown: 0, Start: -1, End: -1}
	z, err := tokenizer.New(options, []string{"<unk>", "to", "be", "or", "not"})
	if err != nil {
		panic(err)
	}
	ids, err := z.Encode(nil, "To be, or not to be")
	fmt.Println(ids, err)
	// Output: [1 0 3 4 1 2] <nil>
}

func ExampleTokenizer_Decode() {
	options := &format.Tokenizer{Kind: format.TokenizerJamo, Unknown: -1, Start: -1, End: -1}
	text := "영화 ㅋㅋ"
	z, err := tokenizer.New(options, tokenizer.Vocabulary(options, slices.Values([]string{text}), 0, 1))
	if err != nil {
		panic(err)
	}
	ids, err := z.Encode(nil, text)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(ids), string(z.Decode(nil, ids...)))
	// Output: 8 영화 ㅋㅋ
}

func ExampleUnknownTokenError() {
	options := &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	z, err := tokenizer.New(options, []string{"a", "b"})
	if err != nil {
		panic(err)
	}
	_, err = z.Encode(nil, "abc")
	var unknown *tokenizer.UnknownTokenError
	if errors.As(err, &unknown) {
		fmt.Printf("%q at %d\n", unknown.Token, unknown.Offset)
	}
	// Output: "c" at 2
}

func ExampleSplit() {
	for token := range tokenizer.Split(&format.Tokenizer{Kind: format.TokenizerChars, MaxRun: 2}, "wooow") {
		fmt.Print(token, " ")
	}
	// Output: w o o w
}

func ExampleVocabulary() {
	texts := slices.Values([]string{"to be or", "not to be", "to see"})
	fmt.Println(tokenizer.Vocabulary(&format.Tokenizer{Kind: format.TokenizerWords}, texts, 0, 2, "<unk>"))
	// Output: [<unk> to be]
}
