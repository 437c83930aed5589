package runtime

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// pieces decodes tokens one by one after a prompt, and returns the pieces.
func pieces(t *testing.T, kind format.TokenizerKind, vocabulary []string, prompt string, tokens []int32) []string {
	z, err := tokenizer.New(&format.Tokenizer{Kind: kind, Unknown: -1, Start: -1, End: -1}, vocabulary)
	require.NoError(t, err)
	var c characters
	var got []string
	take := func(piece []byte) {
		require.True(t, utf8.Valid(piece), "%q", piece)
		if len(piece) > 0 {
			got = append(got, string(piece))
		}
	}
	c.reset(prompt)
	take(c.whole())
	for _, token := range tokens {
		c.text = z.Decode(c.pending(), token)
		take(c.whole())
	}
	take(c.rest())
	require.Empty(t, c.rest(), "nothing is taken twice")
	return got
}

func TestBytesBecomeWholeCharacters(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		want        []string
	}{
		{"of one to four bytes", "aé한😀z", []string{"a", "é", "한", "😀", "z"}},
		{"broken", "a\xed\x95z\xff", []string{"a", "\ufffd", "z", "\ufffd"}},
		{"cut at the end", "a\xed\x95", []string{"a", "\ufffd"}},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tokens []int32
			for _, b := range []byte(c.bytes) {
				tokens = append(tokens, int32(b))
			}
			require.Equal(t, c.want, pieces(t, format.TokenizerBytes, nil, "", tokens))
		})
	}
}

func TestLettersOfASyllableAreTakenTogether(t *testing.T) {
	vocabulary := []string{"ᆫ", "ᄀ", "ᅳ", "ᆯ"}
	got := pieces(t, format.TokenizerJamo, vocabulary, "앞하", []int32{0, 1, 2, 3})
	require.Equal(t, []string{"앞", "한", "글"}, got, "the prompt's last syllable is completed, too")
}
