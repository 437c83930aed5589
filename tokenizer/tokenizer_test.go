package tokenizer_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/tokenizer"
)

func split(t *format.Tokenizer, text string) []string {
	return slices.Collect(tokenizer.Split(t, text))
}

func TestTokensOfAText(t *testing.T) {
	tests := []struct {
		name    string
		options format.Tokenizer
		text    string
		want    []string
	}{
		{"bytes", format.Tokenizer{Kind: format.TokenizerBytes}, "aé", []string{"a", "\xc3", "\xa9"}},
		{"bytes keep invalid UTF-8", format.Tokenizer{Kind: format.TokenizerBytes}, "a\xff", []string{"a", "\xff"}},
		{"bytes lowered", format.Tokenizer{Kind: format.TokenizerBytes, Lowercase: true}, "AÉ", []string{"a", "\xc3", "\xa9"}},
		{"bytes cut", format.Tokenizer{Kind: format.TokenizerBytes, MaxLength: 2}, "aé", []string{"a", "\xc3"}},
		{"bytes of long runs", format.Tokenizer{Kind: format.TokenizerBytes, MaxRun: 1, MaxLength: 3}, "aaéé!", []string{"a", "\xc3", "\xa9"}},
		{"characters", format.Tokenizer{Kind: format.TokenizerChars}, "가 é!", []string{"가", " ", "é", "!"}},
		{"invalid UTF-8 becomes U+FFFD", format.Tokenizer{Kind: format.TokenizerChars}, "a\xffb", []string{"a", "\uFFFD", "b"}},
		{"letters lowered", format.Tokenizer{Kind: format.TokenizerChars, Lowercase: true}, "ÀB", []string{"à", "b"}},
		{"runs cut", format.Tokenizer{Kind: format.TokenizerChars, MaxRun: 2}, "ㅋㅋㅋㅋ!ㅋ", []string{"ㅋ", "ㅋ", "!", "ㅋ"}},
		{"runs cut after lowering", format.Tokenizer{Kind: format.TokenizerChars, Lowercase: true, MaxRun: 1}, "AaAb", []string{"a", "b"}},
		{"length cut", format.Tokenizer{Kind: format.TokenizerChars, MaxLength: 2}, "abc", []string{"a", "b"}},
		{"syllables split", format.Tokenizer{Kind: format.TokenizerJamo}, "가값", []string{"\u1100", "\u1161", "\u1100", "\u1161", "\u11b9"}},
		{"letters that stand alone stay", format.Tokenizer{Kind: format.TokenizerJamo}, "ㅋ크", []string{"\u314b", "\u110f", "\u1173"}},
		{"first and last syllable", format.Tokenizer{Kind: format.TokenizerJamo}, "가힣", []string{"\u1100", "\u1161", "\u1112", "\u1175", "\u11c2"}},
		{"neighbours of the syllables", format.Tokenizer{Kind: format.TokenizerJamo}, "\uabff\ud7a4", []string{"\uabff", "\ud7a4"}},
		{"length cut inside a syllable", format.Tokenizer{Kind: format.TokenizerJamo, MaxLength: 2}, "값", []string{"\u1100", "\u1161"}},
		{"words", format.Tokenizer{Kind: format.TokenizerWords}, " one\n two\u3000three ", []string{"one", "two", "three"}},
		{"words lowered and runs cut", format.Tokenizer{Kind: format.TokenizerWords, Lowercase: true, MaxRun: 2}, "Sooo good", []string{"soo", "good"}},
		{"words cut", format.Tokenizer{Kind: format.TokenizerWords, MaxLength: 1}, "one two", []string{"one"}},
		{"nothing", format.Tokenizer{Kind: format.TokenizerWords}, " ", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := split(&test.options, test.text)
			require.Equal(t, test.want, got)

			if test.options.Kind == format.TokenizerBytes {
				z, err := tokenizer.New(&test.options, nil)
				require.NoError(t, err)
				ids, err := z.Encode(nil, test.text)
				require.NoError(t, err)
				var bytes []byte
				for _, id := range ids {
					bytes = append(bytes, byte(id))
				}
				require.Equal(t, strings.Join(test.want, ""), string(bytes))
				return
			}
			// Encode gives the ids of the same tokens.
			vocabulary := append([]string{"<unk>"}, got...)
			slices.Sort(vocabulary)
			vocabulary = slices.Compact(vocabulary)
			test.options.Unknown = -1
			z, err := tokenizer.New(&test.options, vocabulary)
			require.NoError(t, err)
			ids, err := z.Encode([]int32{7}, test.text)
			require.NoError(t, err)
			require.EqualValues(t, 7, ids[0], "Encode appends")
			var texts []string
			for _, id := range ids[1:] {
				texts = append(texts, vocabulary[id])
			}
			require.Equal(t, test.want, texts)
		})
	}
}

func TestSplitStopsWhenToldTo(t *testing.T) {
	for _, kind := range []format.TokenizerKind{format.TokenizerBytes, format.TokenizerChars, format.TokenizerJamo, format.TokenizerWords} {
		n := 0
		for range tokenizer.Split(&format.Tokenizer{Kind: kind}, "값 값 값") {
			if n++; n == 2 {
				break
			}
		}
		require.Equal(t, 2, n)
	}
}

func TestUnknownTokens(t *testing.T) {
	tests := []struct {
		kind   format.TokenizerKind
		text   string
		token  string
		offset int
	}{
		{format.TokenizerChars, "가나b", "b", 6},
		{format.TokenizerJamo, "가각", "\u11a8", 3},
		{format.TokenizerWords, "가 나  다라 x", "다라", 9},
		{format.TokenizerWords, "가 " + strings.Repeat("긴", 99), strings.Repeat("긴", 99), 4},
	}
	vocabulary := []string{"<unk>", "가", "나", "\u1100", "\u1161"}
	for _, test := range tests {
		options := format.Tokenizer{Kind: test.kind, Unknown: -1}
		z, err := tokenizer.New(&options, vocabulary)
		require.NoError(t, err)
		before := []int32{1, 2}
		ids, err := z.Encode(before, test.text)
		require.Equal(t, before, ids, "dst is returned as it was")
		var unknown *tokenizer.UnknownTokenError
		require.ErrorAs(t, err, &unknown)
		require.ErrorIs(t, err, tokenizer.ErrUnknownToken)
		require.Equal(t, tokenizer.UnknownTokenError{Token: test.token, Offset: test.offset}, *unknown)

		options.Unknown = 0
		z, err = tokenizer.New(&options, vocabulary)
		require.NoError(t, err)
		ids, err = z.Encode(nil, test.text)
		require.NoError(t, err)
		require.Contains(t, ids, int32(0))
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name       string
		kind       format.TokenizerKind
		vocabulary []string
		ids        []int32
		want       string
	}{
		{"bytes", format.TokenizerBytes, nil, []int32{0xea, 0xb0, 0x80}, "가"},
		{"a byte beyond bytes", format.TokenizerBytes, nil, []int32{'a', 256, -1}, "a\uFFFD\uFFFD"},
		{"characters", format.TokenizerChars, []string{"a", "나"}, []int32{1, 0, 2, -1}, "나a\uFFFD\uFFFD"},
		{"words are joined by a space", format.TokenizerWords, []string{"to", "be"}, []int32{0, 1, 0}, "to be to"},
		{"letters become a syllable", format.TokenizerJamo, []string{"\u1100", "\u1161", "\u11b9"}, []int32{0, 1, 0, 1, 2, 0}, "가값\u1100"},
		{"letters that do not meet stay", format.TokenizerJamo, []string{"\u1100", "\u1161", "\u11a8", "ㅏ"}, []int32{2, 1, 0, 3, 0, 1, 2, 2}, "\u11a8\u1161\u1100ㅏ각\u11a8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			z, err := tokenizer.New(&format.Tokenizer{Kind: test.kind, Unknown: -1, Start: -1, End: -1}, test.vocabulary)
			require.NoError(t, err)
			require.Equal(t, test.want, string(z.Decode(nil, test.ids...)))
			var one []byte
			for _, id := range test.ids {
				one = z.Decode(one, id)
			}
			require.Equal(t, test.want, string(one), "a token at a time")
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name       string
		options    format.Tokenizer
		vocabulary []string
		want       string
	}{
		{"an unknown kind", format.Tokenizer{Kind: 9}, []string{"a"}, "unknown kind 9"},
		{"no vocabulary", format.Tokenizer{Kind: format.TokenizerChars}, nil, "vocabulary is empty"},
		{"a token twice", format.Tokenizer{Kind: format.TokenizerWords}, []string{"a", "", "", "a"}, "in the vocabulary twice, with the ids 0 and 3"},
		{"an id outside", format.Tokenizer{Kind: format.TokenizerWords, End: 1}, []string{"a"}, "End is 1"},
		{"an id below -1", format.Tokenizer{Unknown: -2}, nil, "Unknown is -2"},
		{"a negative limit", format.Tokenizer{MaxRun: -1}, nil, "MaxRun is -1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := tokenizer.New(&test.options, test.vocabulary)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestEncodeAllocatesNothing(t *testing.T) {
	const text = "이 영화 정말 재미있어요 ㅋㅋㅋㅋ GOOD"
	for _, kind := range []format.TokenizerKind{format.TokenizerBytes, format.TokenizerChars, format.TokenizerJamo, format.TokenizerWords} {
		options := format.Tokenizer{Kind: kind, Lowercase: true, MaxRun: 2}
		z, err := tokenizer.New(&options, []string{"<unk>", "영화", "영", "ㅋ"})
		require.NoError(t, err)
		dst := make([]int32, 0, 200)
		out := make([]byte, 0, 1000)
		require.Zero(t, testing.AllocsPerRun(10, func() { dst, err = z.Encode(dst[:0], text) }))
		require.NoError(t, err)
		require.NotEmpty(t, dst)
		require.Zero(t, testing.AllocsPerRun(10, func() { out = z.Decode(out[:0], dst...) }))
		require.NotEmpty(t, out)
	}
}

func TestVocabulary(t *testing.T) {
	texts := slices.Values([]string{"b a b", "c a b <s>", "d"})
	words := &format.Tokenizer{Kind: format.TokenizerWords}
	tests := []struct {
		name           string
		size, minCount int
		specials       []string
		want           []string
	}{
		{"all, the most frequent first, ties by text", 0, 0, nil, []string{"b", "a", "<s>", "c", "d"}},
		{"specials stand first and only once", 0, 0, []string{"<pad>", "<s>"}, []string{"<pad>", "<s>", "b", "a", "c", "d"}},
		{"rare ones left out", 0, 2, []string{"<s>"}, []string{"<s>", "b", "a"}},
		{"no more than size", 3, 0, []string{"<s>"}, []string{"<s>", "b", "a"}},
		{"specials always", 1, 0, []string{"<s>", "<e>"}, []string{"<s>", "<e>"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, tokenizer.Vocabulary(words, texts, test.size, test.minCount, test.specials...))
		})
	}
	require.Nil(t, tokenizer.Vocabulary(&format.Tokenizer{Kind: format.TokenizerBytes}, texts, 0, 0))
}

// roundTrip encodes and decodes text with its own vocabulary.
func roundTrip(t *testing.T, kind format.TokenizerKind, text string) string {
	options := format.Tokenizer{Kind: kind, Unknown: -1, Start: -1, End: -1}
	vocabulary := tokenizer.Vocabulary(&options, slices.Values([]string{text}), 0, 0, "<pad>")
	z, err := tokenizer.New(&options, vocabulary)
	require.NoError(t, err)
	ids, err := z.Encode(nil, text)
	require.NoError(t, err)
	return string(z.Decode(nil, ids...))
}

func FuzzDecodeIsTheInverseOfEncode(f *testing.F) {
	for _, seed := range []string{"", "값이 ㅋㅋㅋ", "a\xffb", "각ㄱ힣\u0000", "\u1100\u1161", "가\u11a8", "🙂"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, text, roundTrip(t, format.TokenizerBytes, text))

		valid := string([]rune(text))
		require.Equal(t, valid, roundTrip(t, format.TokenizerChars, text))

		// Text with loose conjoining jamo comes back composed.
		got := roundTrip(t, format.TokenizerJamo, text)
		if !strings.ContainsFunc(valid, func(r rune) bool { return r >= 0x1100 && r < 0x1200 }) {
			require.Equal(t, valid, got)
		}
		require.True(t, utf8.ValidString(got))
		require.Equal(t, got, roundTrip(t, format.TokenizerJamo, got))
	})
}

func TestBytesOfATextHaveTheTokensOfTheText(t *testing.T) {
	vocabulary := []string{"?", "a", "b", "é", "한", "ᄒ", "ᅡ", "ᆫ", "😀", "ab", "\ufffd"}
	buf := make([]int32, 0, 100)
	for _, options := range []format.Tokenizer{
		{Kind: format.TokenizerBytes}, {Kind: format.TokenizerBytes, Lowercase: true, MaxRun: 2},
		{Kind: format.TokenizerChars}, {Kind: format.TokenizerJamo}, {Kind: format.TokenizerWords, Lowercase: true},
		{Kind: format.TokenizerChars, MaxLength: 3},
	} {
		options.Start, options.End = -1, -1
		z, err := tokenizer.New(&options, vocabulary)
		require.NoError(t, err)
		for _, text := range []string{"", "a", "AB ab", "aébb 한😀", "aaa\xff\xed\x95", "\xf0\x9f\x98"} {
			want, err := z.Encode(nil, text)
			require.NoError(t, err)
			got, err := z.EncodeBytes(nil, []byte(text))
			require.NoError(t, err)
			require.Equal(t, want, got, "%v of %q", options.Kind, text)
			data := []byte(text)
			require.Zero(t, testing.AllocsPerRun(5, func() {
				if _, err := z.EncodeBytes(buf, data); err != nil {
					t.Fatal(err)
				}
			}))
		}
	}
}

func TestLongWords(t *testing.T) {
	url := "https://example.org/" + strings.Repeat("a/ä/", 400)
	entry := url[:300]
	known, err := tokenizer.New(&format.Tokenizer{Kind: format.TokenizerWords, Start: -1, End: -1}, []string{"<unk>", "see", entry})
	require.NoError(t, err)
	strict, err := tokenizer.New(&format.Tokenizer{Kind: format.TokenizerWords, Lowercase: true, MaxRun: 2, Unknown: -1, Start: -1, End: -1}, []string{"see"})
	require.NoError(t, err)
	dst := make([]int32, 0, 100)

	text := "see " + url + " see " + entry + " " + entry + "a " + entry[:299] + "\tsee"
	dst, err = known.Encode(dst, text)
	require.NoError(t, err)
	require.Equal(t, []int32{1, 0, 1, 2, 0, 0, 1}, dst)
	for _, call := range []func(){
		func() { _, _ = known.Encode(dst[:0], text) },
		func() { _, _ = strict.Encode(dst[:0], "see see") },
	} {
		require.Zero(t, testing.AllocsPerRun(10, call))
	}

	_, err = strict.Encode(dst[:0], "SEE  HTTPS://EXAMPLE.ORG/AAAAÄ see")
	require.Equal(t, &tokenizer.UnknownTokenError{Token: "https://example.org/aaä", Offset: 5}, err, "the whole word is named")
}
