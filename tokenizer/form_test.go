package tokenizer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// formTexts are in normal form C. Other forms of them have the same tokens.
var formTexts = []string{
	"한글을 읽는다", "Thế giới đẹp", "crème brûlée", "Ålesund ΩΣΆ", "がぎぐげご パピプ", "हिन्दी क़लम", "שָׁלוֹם", "𑄮", "AÄÄÄa",
}

func TestTokensDoNotDependOnTheForm(t *testing.T) {
	for _, kind := range []format.TokenizerKind{format.TokenizerBytes, format.TokenizerChars, format.TokenizerJamo, format.TokenizerWords} {
		for _, options := range []format.Tokenizer{
			{Kind: kind, NFC: true, Unknown: 0, Start: -1, End: -1},
			{Kind: kind, NFC: true, Unknown: 0, Start: -1, End: -1, Lowercase: true, MaxRun: 2, MaxLength: 8},
		} {
			// The vocabulary includes texts that are not in form C.
			vocabulary := tokenizer.Vocabulary(&options, slices.Values(append(slices.Clone(formTexts), norm.NFD.String(strings.Join(formTexts, " ")))), 0, 1, "<unk>")
			z, err := tokenizer.New(&options, vocabulary)
			require.NoError(t, err)
			for _, text := range formTexts {
				text = norm.NFC.String(text)
				want, err := z.Encode(nil, text)
				require.NoError(t, err)
				require.False(t, kind != format.TokenizerBytes && slices.Contains(want, 0), "all are known")
				for _, other := range []string{norm.NFD.String(text), norm.NFC.String(norm.NFD.String(text)), norm.NFD.String(text[:len(text)/2]) + text[len(text)/2:]} {
					if norm.NFC.String(other) != text {
						continue // the middle was inside a character
					}
					have, err := z.Encode(nil, other)
					require.NoError(t, err)
					require.Equal(t, want, have, "%v %q", kind, other)
					have, err = z.EncodeBytes(nil, []byte(other))
					require.NoError(t, err)
					require.Equal(t, want, have, "%v %q", kind, other)
					require.Equal(t, slices.Collect(tokenizer.Split(&options, text)), slices.Collect(tokenizer.Split(&options, other)))
				}
				require.Zero(t, testing.AllocsPerRun(10, func() { want, _ = z.Encode(want[:0], text) }))
			}
			decomposed, dst := norm.NFD.String(strings.Join(formTexts, " ")), make([]int32, 0, 1000)
			require.Zero(t, testing.AllocsPerRun(10, func() { dst, _ = z.Encode(dst[:0], decomposed) }))
		}
	}
}

// For models from before the option NFC, the vocabulary determines the form.
func TestTheFormOfAVocabulary(t *testing.T) {
	for _, c := range []struct {
		name       string
		kind       format.TokenizerKind
		vocabulary []string
		text       string
		want       []int32
	}{
		{"letters", format.TokenizerChars, []string{"<unk>", "é", "한"}, "e\u0301\u1112\u1161\u11AB", []int32{1, 2}},
		{"letters and a single", format.TokenizerChars, []string{"<unk>", "é", "\u212B", "Å"}, "e\u0301\u212BA\u030A", []int32{1, 2, 3}},
		{"words", format.TokenizerWords, []string{"<unk>", "né", "no"}, "ne\u0301 no", []int32{1, 2}},
		{"jamo", format.TokenizerJamo, []string{"<unk>", "é", "\u1112", "\u1161", "\u11AB"}, "e\u0301\u1112\u1161\u11AB한", []int32{1, 2, 3, 4, 2, 3, 4}},
		{"a vocabulary with marks", format.TokenizerChars, []string{"<unk>", "é", "e", "\u0301"}, "e\u0301é", []int32{2, 3, 1}},
		{"letters of syllables", format.TokenizerChars, []string{"<unk>", "한", "\u1112", "\u1161", "\u11AB"}, "\u1112\u1161\u11AB한", []int32{2, 3, 4, 1}},
		{"what is never composed", format.TokenizerChars, []string{"<unk>", "é", "\u0958"}, "e\u0301\u0958", []int32{0, 0, 2}},
		{"bytes", format.TokenizerBytes, nil, "e\u0301", []int32{'e', 0xCC, 0x81}},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, err := tokenizer.New(&format.Tokenizer{Kind: c.kind, Unknown: 0, Start: -1, End: -1}, c.vocabulary)
			require.NoError(t, err)
			have, err := z.Encode(nil, c.text)
			require.NoError(t, err)
			require.Equal(t, c.want, have)
		})
	}
}

// Bytes that are not valid UTF-8 are unchanged, unless text among them is
// composed.
func TestBytesThatAreNoText(t *testing.T) {
	z, err := tokenizer.New(&format.Tokenizer{Kind: format.TokenizerBytes, NFC: true, Unknown: -1, Start: -1, End: -1}, nil)
	require.NoError(t, err)
	have, err := z.Encode(nil, "a\xff\xb0b")
	require.NoError(t, err)
	require.Equal(t, []int32{'a', 0xFF, 0xB0, 'b'}, have)
}

func TestUnknownTokensAreNamedAsTheyAreSplit(t *testing.T) {
	z, err := tokenizer.New(&format.Tokenizer{Kind: format.TokenizerChars, NFC: true, Unknown: -1, Start: -1, End: -1}, []string{"a", "é"})
	require.NoError(t, err)
	_, err = z.Encode(nil, "ae\u0301o\u0308a")
	require.Equal(t, &tokenizer.UnknownTokenError{Token: "ö", Offset: 4}, err)
}
