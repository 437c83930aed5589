package format

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// largeModel returns a model whose file has more than 4 MiB.
func largeModel() *Model {
	m := fullModel()
	m.Goldens = []Golden{{Steps: 1 << 20, Hash: 1, Last: m.Goldens[0].Last}}
	if g := &m.Goldens[0]; m.Embedding != nil {
		g.Tokens = make([]int32, 1<<20)
	} else {
		g.Input = make([]float32, m.InputSize<<20)
	}
	return m
}

// modelsOfAllSizes are read into memory of each kind.
var modelsOfAllSizes = map[string]func() *Model{"small": fullModel, "large": largeModel}

// What was read stays as it was, whatever happens to the file.
func TestAnOpenModelDoesNotFollowItsFile(t *testing.T) {
	for size, model := range modelsOfAllSizes {
		for change, do := range map[string]func(path string) error{
			"overwritten in place": func(path string) error {
				info, err := os.Stat(path)
				require.NoError(t, err)
				return os.WriteFile(path, bytes.Repeat([]byte{0xff}, int(info.Size())), 0)
			},
			"truncated": func(path string) error { return os.Truncate(path, 0) },
			"removed":   os.Remove,
		} {
			t.Run(size+" "+change, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "model.rnn")
				require.NoError(t, WriteFile(path, model()))
				f, err := Open(path)
				require.NoError(t, err)
				require.NoError(t, do(path))
				require.Equal(t, model(), f.Model)
				require.NoError(t, f.Close())
			})
		}
	}
}

// A meddled file is one that somebody changes once its header has been read.
type meddled struct {
	*os.File
	meddle func()
}

func (m *meddled) Read(b []byte) (int, error) {
	n, err := m.File.Read(b)
	if m.meddle != nil {
		m.meddle()
		m.meddle = nil
	}
	return n, err
}

func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	for size, model := range modelsOfAllSizes {
		for change, meddle := range map[string]func(path string) error{
			"truncated": func(path string) error { return os.Truncate(path, headerSize) },
			"emptied":   func(path string) error { return os.Truncate(path, 0) },
			"extended": func(path string) error {
				info, err := os.Stat(path)
				require.NoError(t, err)
				return os.Truncate(path, info.Size()+1)
			},
			"overwritten in place": func(path string) error { // as a program that keeps the size does
				return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour))
			},
		} {
			t.Run(size+" "+change, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "model.rnn")
				require.NoError(t, WriteFile(path, model()))
				f, err := os.Open(path)
				require.NoError(t, err)
				defer f.Close()
				_, err = open(&meddled{f, func() { require.NoError(t, meddle(path)) }})
				require.ErrorIs(t, err, ErrChanged)
				require.ErrorContains(t, err, "rename")
			})
		}
	}
}

// An unreadable file is one on a failing disk.
type unreadable struct{ *os.File }

func (unreadable) Read([]byte) (int, error) { return 0, fs.ErrPermission }

func TestAFileThatCannotBeReadGivesTheSystemsError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, WriteFile(path, fullModel()))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	_, err = open(unreadable{f})
	require.ErrorIs(t, err, fs.ErrPermission)
}
