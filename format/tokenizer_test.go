package format

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlagsOfATokenizerAreReadAsTheyWereWritten(t *testing.T) {
	for _, lowercase := range []bool{false, true} {
		for _, nfc := range []bool{false, true} {
			m := translateModel()
			m.Tokenizer.Lowercase, m.Decoder.Tokenizer.NFC = lowercase, nfc
			m.Tokenizer.NFC = nfc
			data, err := m.Append(nil)
			require.NoError(t, err)
			back, err := Read(data)
			require.NoError(t, err)
			require.Equal(t, m.Tokenizer, back.Tokenizer)
			require.Equal(t, m.Decoder.Tokenizer, back.Decoder.Tokenizer)
		}
	}
}
