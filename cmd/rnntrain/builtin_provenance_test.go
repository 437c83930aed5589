package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/models"
)

// The built-in models name the commands that testdata/README.md gives for them.
func TestBuiltinModelsNameTheCommandsOfTheDocument(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "..", "testdata", "README.md"))
	require.NoError(t, err)
	text := strings.ReplaceAll(string(document), "\\\n", " ")
	commands := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^go run ./cmd/rnntrain (.*)$`).FindAllStringSubmatch(text, -1) {
		commands["rnntrain "+strings.Join(portable(strings.Fields(m[1])), " ")] = true
	}
	for _, name := range models.Names() {
		data, err := models.File(name)
		require.NoError(t, err)
		m, err := format.Read(data)
		require.NoError(t, err)
		found := 0
		for _, p := range m.Provenance {
			if p.Key == "made by" || p.Key == "convert.command" || p.Key == "quantize.command" {
				found++
				require.True(t, commands[p.Value], "%s: the document has no %q", name, p.Value)
			}
		}
		require.GreaterOrEqual(t, found, 2, name)
	}
}
