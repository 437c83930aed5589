package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// files makes a module's folder.
func files(t *testing.T, texts map[string]string) string {
	folder := t.TempDir()
	for name, text := range texts {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return folder
}

func TestNoticesHaveTheLicencesOfEveryModule(t *testing.T) {
	a := &module{path: "example.com/a", version: "v1.2.3", commands: []string{"rnnrun"}, folder: files(t, map[string]string{
		"LICENSE.txt": "free\r\nto all", "NOTICE": "by A", "main.go": "package main",
	})}
	b := &module{path: "example.com/b", version: "v0.1.0", commands: commands, folder: files(t, map[string]string{"licenses/MIT": "as is"})}
	text, err := notices([]*module{a, b})
	require.NoError(t, err)
	for _, want := range []string{"example.com/a v1.2.3 (rnnrun)\n", "free\nto all\n", "by A\n", "example.com/b v0.1.0 (rnnrun, rnntrain, rnnrun-mqtt)\n", "as is\n"} {
		require.Contains(t, string(text), want)
	}
	require.NotContains(t, string(text), "package main")

	without, err := notices([]*module{a})
	require.NoError(t, err)
	require.NotEqual(t, text, without, "a module that is missing is noticed")
}

func TestAModuleWithoutLicenceIsRefused(t *testing.T) {
	m := &module{path: "example.com/none", version: "v1.0.0", folder: files(t, map[string]string{"main.go": "package main"})}
	_, err := notices([]*module{m})
	require.ErrorContains(t, err, "example.com/none v1.0.0 has no licence file")
}
