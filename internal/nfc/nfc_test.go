package nfc

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func scanned[T string | []byte](text T) string {
	var b strings.Builder
	for s := NewScanner(text); ; {
		r, ok := s.Next()
		if !ok {
			return b.String()
		}
		b.WriteRune(r)
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"letters", "abc", "abc"},
		{"a mark", "e\u0301", "é"},
		{"two marks in the other order", "a\u0323\u0302 a\u0302\u0323", "\u1EAD \u1EAD"},
		{"a mark that has no letter", "\u0301e", "\u0301e"},
		{"a mark that no letter has", "x\u0301", "x\u0301"},
		{"a mark behind one of its class", "e\u0321\u0301\u0301", "é\u0321\u0301"},
		{"a mark that one of its class keeps from the letter", "a\u0305\u0301", "a\u0305\u0301"},
		{"Korean", "\u1112\u1161\u11AB\u1100\u1173\u11AF", "한글"},
		{"Korean of a syllable and a letter", "하\u11AB", "한"},
		{"Japanese", "か\u3099ハ\u309A", "がパ"},
		{"an ångström and an ohm", "\u212B\u2126", "ÅΩ"},
		{"what is never composed", "\u0958", "\u0915\u093C"},
		{"beyond 16 bits", "\U00011131\U00011127", "\U0001112E"},
		{"not UTF-8", "a\xffe\u0301", "a\uFFFDé"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, String(c.text))
			require.Equal(t, c.want, scanned(c.text))
			require.Equal(t, c.want, scanned([]byte(c.text)))
			require.Equal(t, c.text == c.want, IsNormal(c.text))
			require.Equal(t, c.text == c.want, IsNormal([]byte(c.text)))
		})
	}
}

// Every character alone, and behind and before a letter, is as x/text has it.
func TestEveryCharacter(t *testing.T) {
	ofOneUnicode(t)
	for r := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(r) {
			continue
		}
		text := string(r)
		p := norm.NFC.PropertiesString(text)
		if scanned(text) != norm.NFC.String(text) || scanned("a"+text+"e") != norm.NFC.String("a"+text+"e") ||
			IsNormal(text) != norm.NFC.IsNormalString(text) || combiningClass(r) != p.CCC() || BeginsSegment(r) != p.BoundaryBefore() {
			require.Equal(t, norm.NFC.String("a"+text+"e"), scanned("a"+text+"e"), "%U", r)
			require.Equal(t, norm.NFC.IsNormalString(text), IsNormal(text), "%U", r)
			require.Equal(t, p.CCC(), combiningClass(r), "%U", r)
			require.Equal(t, p.BoundaryBefore(), BeginsSegment(r), "%U", r)
		}
		require.False(t, IsPlain(r) && (!p.BoundaryBefore() || !norm.NFC.IsNormalString(text)), "%U", r)
	}
}

// Texts of any characters, and of those that matter most, are as x/text has
// them, in whatever form they are.
func TestTexts(t *testing.T) {
	ofOneUnicode(t)
	var whole []rune // characters of a letter and marks, marks, and what joins
	for r := range rune(unicode.MaxRune + 1) {
		if utf8.ValidRune(r) && !IsPlain(r) || norm.NFD.String(string(r)) != string(r) && !isSyllable(r) && utf8.ValidRune(r) {
			whole = append(whole, r)
		}
	}
	whole = append(whole, 0x1100, 0x1112, 0x1161, 0x1175, 0x11A7, 0x11A8, 0x11C2, 0xAC00, 0xAC01, 'a', 'e', 'q', ' ', '\n')
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		var text []rune
		for range 1 + rng.IntN(12) {
			text = append(text, whole[rng.IntN(len(whole))])
			if rng.IntN(2) == 0 { // the parts of one, in any order
				parts := []rune(norm.NFD.String(string(whole[rng.IntN(len(whole))])))
				rng.Shuffle(len(parts)-1, func(i, j int) { parts[i+1], parts[j+1] = parts[j+1], parts[i+1] })
				text = append(text, parts...)
			}
		}
		if s := string(text); norm.NFC.String(s) != String(s) || norm.NFC.String(s) != String(norm.NFD.String(s)) ||
			norm.NFC.IsNormalString(s) != IsNormal(s) || !IsNormal(String(s)) {
			require.Equal(t, norm.NFC.String(s), String(s), "%+q", s)
			require.Equal(t, norm.NFC.String(s), String(norm.NFD.String(s)), "%+q", s)
			require.Equal(t, norm.NFC.IsNormalString(s), IsNormal(s), "%+q", s)
			require.Fail(t, "the form is not normal", "%+q", s)
		}
	}
}

// A text of nothing but marks takes as much memory as any other.
func TestManyMarks(t *testing.T) {
	for _, text := range []string{
		"e" + strings.Repeat("\u0301", 1000), strings.Repeat("\u1161", 1000), strings.Repeat("\u0323\u0301", 500),
		strings.Repeat("\u1FA7", 1000),
	} {
		normal := String(text)
		require.True(t, norm.NFC.IsNormalString(normal[:8]) || strings.HasPrefix(text, normal[:8]))
		require.Equal(t, len([]rune(norm.NFD.String(normal))), len([]rune(norm.NFD.String(text))), "nothing is lost")
	}
}

func TestScannerAllocatesNothing(t *testing.T) {
	text := strings.Repeat("e\u0301 \u1112\u1161\u11AB a\u0323\u0302 か\u3099 ", 20)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		_ = IsNormal(text)
		for s := NewScanner(text); ; {
			if _, ok := s.Next(); !ok {
				break
			}
		}
	}))
}
