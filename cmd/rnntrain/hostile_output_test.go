package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// A file that is refused leaves nothing behind, and its name is said.
func TestRefusedFilesLeaveNothing(t *testing.T) {
	files := soundSources(t)
	for _, c := range hostileKinds {
		t.Run(strings.TrimPrefix(c.kind, "."), func(t *testing.T) {
			folder := t.TempDir()
			path, out := filepath.Join(folder, "model"+c.kind), filepath.Join(folder, "out.rnn")
			for damage, data := range hostile.Damage(files[c.kind][0], 4) {
				require.NoError(t, os.WriteFile(path, data, 0o600))
				var stdout, stderr bytes.Buffer
				code := run(t.Context(), []string{"convert", path, "-o", out}, nil, &stdout, &stderr)
				entries, err := os.ReadDir(folder)
				require.NoError(t, err)
				if code == cli.OK {
					require.Len(t, entries, 2, damage)
					require.NoError(t, os.Remove(out))
					continue
				}
				require.Len(t, entries, 1, "%s: %s", damage, stderr.String())
				require.Empty(t, stdout.String())
				require.Less(t, stderr.Len(), 4<<10, damage)
				if code == cli.Failed {
					require.Contains(t, stderr.String(), path, damage)
				}
			}
		})
	}
}

// Files that a model names are those of its folder: no path and no link leads out of it.
func TestModelsDoNotLeaveTheirFolder(t *testing.T) {
	model, err := os.ReadFile(tfjsFolder + "model.json")
	require.NoError(t, err)
	weights, err := os.ReadFile(tfjsFolder + "shard.bin")
	require.NoError(t, err)
	for _, c := range []struct{ name, path string }{
		{"the folder's own", "shard.bin"},
		{"a path to the folder above", "../shard.bin"},
		{"a path from the root", "/etc/passwd"},
		{"a link to the folder above", "link.bin"},
		{"a link to a folder", "folder/shard.bin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			above := t.TempDir()
			folder := filepath.Join(above, "model")
			require.NoError(t, os.Mkdir(folder, 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(above, "shard.bin"), weights, 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "shard.bin"), weights, 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "model.json"), bytes.Replace(model, []byte("shard.bin"), []byte(c.path), 1), 0o600))
			for link, to := range map[string]string{"link.bin": "../shard.bin", "folder": ".."} {
				if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
					t.Skip("no symbolic links here: ", err)
				}
			}
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{"convert", filepath.Join(folder, "model.json"), "-o", filepath.Join(above, "out.rnn")}, nil, &stdout, &stderr)
			if c.path == "shard.bin" {
				require.Equal(t, cli.OK, code, stderr.String())
				return
			}
			require.Equal(t, cli.Failed, code)
			require.Contains(t, stderr.String(), c.path)
			require.NoFileExists(t, filepath.Join(above, "out.rnn"))
		})
	}
}
