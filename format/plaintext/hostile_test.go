package plaintext_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/plaintext"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Texts that claim or list what takes much more memory than they have bytes.
func TestHostileTexts(t *testing.T) {
	for _, c := range []struct{ name, text, message string }{
		{"an array that is not there", "2147483647\n1\n", "of more numbers than the text has"},
		{"a shape whose product is large", "65536 65536 65536 65536 65536\n1\n", "of more numbers than the text has"},
		{"as many numbers as bytes", "1000000\n" + strings.Repeat("1 ", 1000000) + "\n", ""},
		{"many arrays of one", strings.Repeat("1\n1\n", 70000), "more than 65536 arrays"},
		{"a long line without numbers", strings.Repeat("a", 4<<20), "no shape after the name"},
		{"a long number", "1\n" + strings.Repeat("9", 4<<20), "is not a float32 number"},
		{"a shape of many axes", strings.Repeat("1 ", 1<<20) + "\n1\n", "more than 8 numbers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.text)
			hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
				_ = plaintext.Match(data)
				_, err := plaintext.Read(data)
				if c.message == "" {
					require.NoError(t, err)
					return
				}
				var e *network.ImportError
				require.ErrorAs(t, err, &e)
				require.ErrorContains(t, err, c.message)
				require.Less(t, len(err.Error()), 600)
			})
		})
	}
}

// A text that is cut or changed is refused by a typed error, or read.
func TestDamagedTexts(t *testing.T) {
	good, err := os.ReadFile("../../testdata/recipes/deepnano-blitz.txt")
	require.NoError(t, err)
	for damage, data := range hostile.Damage(good, 300) {
		_, err := plaintext.Read(data)
		require.True(t, err == nil || errors.As(err, new(*network.ImportError)), "%s: %v", damage, err)
	}
}
