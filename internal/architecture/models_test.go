package architecture

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/models"
)

// A program that uses one built-in model must not become larger by the others.
func TestOnlyTheModelThatIsUsedIsLinked(t *testing.T) {
	const program = `package main

import "github.com/rnnrun/rnnrun/models"

func main() { println(len(models.SentimentKo())) }
`
	source := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(source, []byte(program), 0o600))
	binary := filepath.Join(t.TempDir(), "program")
	out, err := exec.Command("go", "build", "-o", binary, source).CombinedOutput()
	require.NoError(t, err, string(out))
	linked, err := os.ReadFile(binary)
	require.NoError(t, err)
	for _, name := range models.Names() {
		file, err := models.File(name)
		require.NoError(t, err)
		require.Equal(t, name == "sentiment-ko", bytes.Contains(linked, file), name)
	}
}
