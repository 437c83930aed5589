package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// Pieces of a text give the tokens of the whole, wherever they are cut.
func TestChunksTokenizeAsTheWhole(t *testing.T) {
	for name, text := range map[string]string{
		"words":           strings.Repeat("To be, or  not to be:\n\n\nthat is the question 좋아요 ㅋㅋㅋㅋㅋ \t", 20),
		"no space":        strings.Repeat("abcABC가나다ㅋㅋㅋㅋ", 30),
		"no UTF-8":        strings.Repeat("ab\xffc \xf0\x9f", 30),
		"marks":           strings.Repeat("crème brûlée đẹp が 한글 e\u0301e\u0301\u0323 か\u3099 \u0301x \u1112\u1161\u11AB\u1100\u1173\u11AF", 20),
		"no space, marks": strings.Repeat("e\u0301e\u0301\u0323か\u3099\u1112\u1161\u11AB\u1100\u1173\u11AF", 20),
		"short":           "a",
		"empty":           "",
		"long words":      strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 10),
	} {
		path := write(t, "text.txt", text)
		section := TextSection{path, 0, int64(len(text))}
		for _, kind := range []format.TokenizerKind{format.TokenizerBytes, format.TokenizerChars, format.TokenizerJamo, format.TokenizerWords} {
			if kind == format.TokenizerWords && strings.HasPrefix(name, "no space") {
				continue // a word longer than a chunk is cut
			}
			for _, z := range []format.Tokenizer{{Kind: kind}, {Kind: kind, NFC: true}, {Kind: kind, Lowercase: true, MaxRun: 2}} {
				whole := slices.Collect(tokenizer.Split(&z, text))
				for _, size := range []int{40, 64, 1000} {
					var pieces []string
					joined := ""
					for chunk, err := range section.chunks(size) {
						require.NoError(t, err)
						require.LessOrEqual(t, len(chunk), size)
						joined += chunk
						pieces = slices.AppendSeq(pieces, tokenizer.Split(&z, chunk))
					}
					require.Equal(t, text, joined)
					require.Equal(t, whole, pieces, "%s, %v, chunks of %d", name, kind, size)
				}
			}
		}
	}
}

func TestSplitTextByCharacters(t *testing.T) {
	path := write(t, "text.txt", "가나다라마바사아자ab")
	for _, c := range []struct {
		fraction float64
		tail     string
	}{{0, ""}, {0.2, "ab"}, {0.3, "자ab"}, {0.99, "나다라마바사아자ab"}} {
		head, tail, err := SplitText(path, c.fraction)
		require.NoError(t, err)
		require.Equal(t, int64(len("가나다라마바사아자ab")), tail.To)
		require.Equal(t, head.To, tail.From)
		require.Equal(t, int64(len(c.tail)), tail.To-tail.From)
	}
	_, _, err := SplitText(filepath.Join(t.TempDir(), "none"), 0.1)
	require.ErrorIs(t, err, os.ErrNotExist)
	for _, err := range (TextSection{Path: "none", To: 1}).Chunks() {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
}
