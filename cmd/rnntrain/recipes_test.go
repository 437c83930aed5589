package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/statedict"
)

// recipes returns the sections of a heading of docs/arch.md, by their titles.
func recipes(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../docs/arch.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(data), "\n## Recipes\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "\n## ")
	sections := map[string]string{}
	for _, section := range strings.Split(text, "\n### ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		sections[title] = body
	}
	return sections
}

// The commands of the recipes, with their --arch files, give models that compute what
// PyTorch does. testdata/recipes has what the recipes' Python saved.
func TestRecipes(t *testing.T) {
	json := regexp.MustCompile("(?s)```json\n(.*?)```")
	command := regexp.MustCompile(`(?m)^rnntrain (convert .*)$`)
	list := recipes(t)
	require.GreaterOrEqual(t, len(list), 5)
	for title, text := range list {
		t.Run(title, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS("../../testdata/recipes")))
			args := strings.Fields(command.FindStringSubmatch(text)[1])
			for i, arg := range args {
				if ext := filepath.Ext(arg); ext != "" {
					args[i] = filepath.Join(dir, arg)
				}
				if arg == "--arch" {
					arch := filepath.Join(dir, args[i+1])
					require.NoError(t, os.WriteFile(arch, []byte(json.FindStringSubmatch(text)[1]), 0o600))
				}
			}
			code, stdout, stderr := invoke(t, append(args, "--tolerance", "1e-6")...)
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "max error")
		})
	}
}

// The architectures of public models give what the definitions do that they describe.
// testdata/recipes has small models of these definitions.
func TestArchitecturesOfPublicModels(t *testing.T) {
	const folder = "../../docs/architectures/"
	weights := map[string]string{
		"rnnoise-0.2": "rnnoise-0.2.pt", "deepnano-blitz": "deepnano-blitz.txt",
		"dred-encoder": "dred.pt", "dred-decoder": "dred.pt", "dred-decoder-init": "dred.pt",
	}
	files, err := filepath.Glob(folder + "*.json")
	require.NoError(t, err)
	require.Greater(t, len(files), len(weights))
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		_, err = statedict.ParseArchitecture(data)
		require.NoError(t, err, file)
	}
	for name, source := range weights {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := invoke(t, "convert", "../../testdata/recipes/"+source, "--arch", folder+name+".json",
				"-o", filepath.Join(t.TempDir(), "m.rnn"), "--check", "../../testdata/recipes/"+name+"-check.npz", "--tolerance", "1e-6")
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "max error")
		})
	}
}
