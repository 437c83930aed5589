package dataset_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
)

// What Excel calls Unicode text is named, with the command that converts it.
func TestUTF16IsNamed(t *testing.T) {
	units := utf16.Encode([]rune("text\tlabel\n좋다\tgood\n"))
	for name, file := range map[string]struct {
		order binary.AppendByteOrder
		mark  string
	}{
		"little-endian":                {binary.LittleEndian, "\xff\xfe"},
		"big-endian":                   {binary.BigEndian, "\xfe\xff"},
		"little-endian without a mark": {binary.LittleEndian, ""},
		"big-endian without a mark":    {binary.BigEndian, ""},
	} {
		t.Run(name, func(t *testing.T) {
			data := []byte(file.mark)
			for _, u := range units {
				data = file.order.AppendUint16(data, u)
			}
			path := filepath.Join(t.TempDir(), "table.tsv")
			require.NoError(t, os.WriteFile(path, data, 0o644))
			read := false
			for entry, err := range dataset.ReadLabelledTexts(path, dataset.LabelledTextOptions{}) {
				require.ErrorIs(t, err, dataset.ErrTable)
				require.ErrorContains(t, err, "it is UTF-16, not UTF-8; convert the file, for instance with: iconv -f utf-16", entry)
				read = true
			}
			require.True(t, read)
		})
	}
}
