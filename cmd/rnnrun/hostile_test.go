package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// Whatever a file holds that is a model, it is described in lines of text that do
// not steer a terminal, and in one object of JSON.
func TestHostileModelsAreDescribed(t *testing.T) {
	translator := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5, Hidden: 8}.Translator(6)
	labelled := letterClassifier()
	labelled.Data = &format.Data{Labels: []string{"0", "1"}}
	labelled.Provenance = []format.Property{{Key: "made by", Value: "a test"}}
	var files [][]byte
	for _, d := range []*format.Model{labelled, letterWriter(), wordTagger(), translator} {
		data, err := d.Append(nil)
		require.NoError(t, err)
		files = append(files, data)
	}
	for _, k := range tasks() {
		data, err := k.d.Append(nil)
		require.NoError(t, err)
		files = append(files, data)
	}
	described := 0
	count := hostile.Count(t, 4000)
	for number := range count {
		m := hostile.New(number)
		d, err := format.Read(m.Model(m.Pick(files), m.Pick(files)))
		if err != nil {
			continue
		}
		described++
		var text, object bytes.Buffer
		require.NoError(t, describe(&text, "m.rnn", 1, d, memory{}), "file %d", number)
		for _, r := range text.String() {
			require.False(t, r != '\n' && unicode.IsControl(r), "file %d: %q", number, text.String())
		}
		require.NoError(t, cli.WriteJSON(&object, describeJSON("m.rnn", 1, d, memory{})), "file %d", number)
		require.True(t, json.Valid(object.Bytes()), "file %d: %s", number, object.String())
	}
	require.GreaterOrEqual(t, described, count/16, "most files are refused, so little is tested")
}

// A hostile file of states is refused, or a stream starts from what it holds.
func TestHostileStates(t *testing.T) {
	model, path := save(t, different()), filepath.Join(t.TempDir(), "states.npz")
	const input = "0.5,1,2\n-1,0,0.25\n"
	printed(t, input, "run", "-m", model, "--state-out", path)
	sound, err := os.ReadFile(path)
	require.NoError(t, err)
	taken := 0
	count := hostile.Count(t, 500)
	for number := range count {
		require.NoError(t, os.WriteFile(path, hostile.New(number).ZIP(sound, sound), 0o600))
		got := command(input, "run", "-m", model, "--state-in", path)
		if got.code == 0 {
			require.Equal(t, 2, strings.Count(got.stdout, "\n"), "file %d", number)
			taken++
			continue
		}
		require.Equal(t, 1, got.code, "file %d: %s", number, got.stderr)
		require.Contains(t, got.stderr, path, "file %d", number)
	}
	require.GreaterOrEqual(t, taken, count/32, "most files are refused, so little is tested")
}
