//go:build linux && amd64

package faults

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Program is a program that reads and writes files in one folder.
type Program struct {
	Folder string
	Files  map[string]string // contents of the folder at the start
	// Command returns the command to test. Again returns the command that a user runs
	// after a fault; nil: the same command.
	Command, Again func() *exec.Cmd
	// Canonical returns the part of a file's contents that is the same in every run; nil:
	// all of it.
	Canonical func(name, contents string) string
	// Whole reports whether a file that has neither its old contents nor those of an
	// undisturbed run is still complete, such as the model of an earlier epoch; nil:
	// never.
	Whole func(name, contents string) bool
}

// Test runs the program with every fault at each of its calls on files, or only with one
// of every so many faults. After each run,
//
//   - each file has its old contents, or those of an undisturbed run, or is complete,
//   - the exit code is 0 only if all files are those of an undisturbed run,
//   - otherwise the exit code is 1, and the message names a file of the folder,
//   - and the next run succeeds, and leaves only the files of an undisturbed run.
func (p *Program) Test(t *testing.T, one int) {
	want, calls := p.undisturbed(t)
	number := 0
	for n, call := range calls {
		for _, f := range call.Faults() {
			if number++; number%one != 0 {
				continue
			}
			t.Run(strings.Join([]string{call.Name, filepath.Base(call.Path), f.String()}, " "), func(t *testing.T) {
				p.disturbed(t, want, n, f)
			})
		}
	}
}

// undisturbed returns the files after an undisturbed run, and its calls.
func (p *Program) undisturbed(t *testing.T) (map[string]string, []Call) {
	p.prepare(t)
	code, killed, stderr, calls := p.run(t, p.Command(), -1, Fault{})
	require.False(t, killed)
	require.Zero(t, code, stderr)
	require.NotEmpty(t, calls)
	return p.contents(t), calls
}

func (p *Program) disturbed(t *testing.T, want map[string]string, n int, f Fault) {
	p.prepare(t)
	code, killed, stderr, _ := p.run(t, p.Command(), n, f)
	got := p.contents(t)
	switch {
	case killed:
		require.True(t, f.Kill, stderr)
	case code == 0:
		for name, contents := range want {
			require.Equal(t, contents, got[name], "%s, of a program that did not complain", name)
		}
	default:
		require.Equal(t, 1, code, stderr)
		require.Contains(t, stderr, p.Folder, "the message names a file")
	}
	for name, contents := range got {
		before, was := p.Files[name]
		after, is := want[name]
		switch {
		case strings.HasPrefix(name, "."), was && p.canonical(name, before) == contents, is && after == contents:
		default:
			require.True(t, p.Whole != nil && p.Whole(name, contents), "%s is neither the old file nor the new one:\n%.500q", name, contents)
		}
	}
	for name := range p.Files {
		require.Contains(t, got, name, "a file is lost")
	}
	again := p.Command
	if p.Again != nil {
		again = p.Again
	}
	code, _, stderr, _ = p.run(t, again(), -1, Fault{})
	require.Zero(t, code, stderr)
	require.Equal(t, want, p.contents(t), "after the next run")
}

// prepare writes the files of the folder.
func (p *Program) prepare(t *testing.T) {
	require.NoError(t, os.RemoveAll(p.Folder))
	require.NoError(t, os.Mkdir(p.Folder, 0o700))
	for name, contents := range p.Files {
		require.NoError(t, os.WriteFile(filepath.Join(p.Folder, name), []byte(contents), 0o600))
	}
}

// contents returns the files of the folder.
func (p *Program) contents(t *testing.T) map[string]string {
	entries, err := os.ReadDir(p.Folder)
	require.NoError(t, err)
	m := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(p.Folder, e.Name()))
		require.NoError(t, err)
		m[e.Name()] = p.canonical(e.Name(), string(data))
	}
	return m
}

func (p *Program) canonical(name, contents string) string {
	if p.Canonical == nil {
		return contents
	}
	return p.Canonical(name, contents)
}

func (p *Program) run(t *testing.T, c *exec.Cmd, n int, f Fault) (code int, killed bool, stderr string, calls []Call) {
	errs, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer errs.Close()
	c.Stderr = errs
	calls, status, err := Run(c, p.Folder, n, f)
	if err != nil {
		t.Skip("SKIPPED: no program can be traced here: ", err)
	}
	text, err := os.ReadFile(errs.Name())
	require.NoError(t, err)
	return status.ExitStatus(), status.Signaled(), string(text), calls
}
