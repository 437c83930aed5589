package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// failing is a standard output on which a write fails, and those after it.
type failing struct {
	bytes.Buffer
	left int // writes until then
}

func (f *failing) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
	}
	return f.Buffer.Write(b)
}

// piped are commands that read the standard input and write the standard output.
func piped(t *testing.T) map[string]struct {
	args  []string
	input string
} {
	text := "abc\nb\nca\n"
	k := tasks()[0]
	numbers := save(t, k.d)
	return map[string]struct {
		args  []string
		input string
	}{
		"classify":        {[]string{"classify", "-m", save(t, letterClassifier())}, text},
		"classify --json": {[]string{"classify", "--json", "-m", save(t, letterClassifier())}, text},
		"tag":             {[]string{"tag", "-m", save(t, wordTagger())}, text},
		"translate":       {[]string{"translate", "-m", save(t, letterTranslator())}, text},
		"generate":        {[]string{"generate", "-m", save(t, letterWriter()), "--prompt", "a", "-n", "20", "--seed", "1"}, ""},
		"generate --json": {[]string{"generate", "--json", "-m", save(t, letterWriter()), "--prompt", "a", "-n", "20", "--seed", "1"}, ""},
		"run":             {[]string{"run", "-m", numbers}, "1,2,3\n4,5,6\n"},
		"run --raw":       {[]string{"run", "--raw", "-m", numbers}, raw(k.sequence(5, 1), false)},
		"inspect":         {[]string{"inspect", numbers}, ""},
		"inspect --json":  {[]string{"inspect", "--json", numbers}, ""},
		"verify":          {[]string{"verify", numbers}, ""},
		"verify --json":   {[]string{"verify", "--json", numbers}, ""},
		"cpu":             {[]string{"cpu"}, ""},
		"cpu --json":      {[]string{"cpu", "--json"}, ""},
	}
}

// However the input comes, the answers are the same.
func TestShortReadsOfTheStandardInput(t *testing.T) {
	for name, s := range piped(t) {
		want := printed(t, s.input, s.args...)
		for how, reader := range map[string]func(io.Reader) io.Reader{
			"a byte at a time": iotest.OneByteReader, "halves": iotest.HalfReader, "the end with the data": iotest.DataErrReader,
		} {
			var stdout, stderr bytes.Buffer
			require.Zero(t, run(s.args, reader(strings.NewReader(s.input)), &stdout, &stderr), "%s, %s: %s", name, how, &stderr)
			require.Equal(t, want, stdout.String(), "%s, %s", name, how)
		}
	}
}

func TestAnErrorOfTheStandardInput(t *testing.T) {
	for name, s := range piped(t) {
		if s.input == "" {
			continue
		}
		var stdout, stderr bytes.Buffer
		broken := io.MultiReader(strings.NewReader(s.input), iotest.ErrReader(syscall.EIO))
		require.Equal(t, 1, run(s.args, broken, &stdout, &stderr), name)
		require.Contains(t, stderr.String(), syscall.EIO.Error(), name)
		require.Regexp(t, "stdin|standard input", stderr.String(), "%s: the message names what was read", name)
		require.True(t, strings.HasPrefix(stdout.String(), printed(t, s.input, s.args...)), "%s answers what came before", name)
	}
}

func TestAnErrorOfTheStandardOutput(t *testing.T) {
	for name, s := range piped(t) {
		want := printed(t, s.input, s.args...)
		for left := range 3 {
			out := &failing{left: left}
			var stderr bytes.Buffer
			code := run(s.args, iotest.OneByteReader(strings.NewReader(s.input)), out, &stderr)
			require.True(t, strings.HasPrefix(want, out.String()), name)
			if out.left >= 0 {
				require.Zero(t, code, name)
				continue
			}
			require.Equal(t, 1, code, "%s, write %d", name, left)
			require.Contains(t, stderr.String(), syscall.ENOSPC.Error(), name)
		}
	}
}

// The states stay those before outputs that nobody has: with them the same command
// goes on from the same place.
func TestStatesStayIfAnOutputCannotBeWritten(t *testing.T) {
	model := save(t, tasks()[0].d)
	for left := range 2 {
		states := filepath.Join(t.TempDir(), "states.npz")
		args := []string{"run", "-m", model, "--state-in", states, "--state-out", states}
		require.Zero(t, command("1,2,3\n", args...).code)
		before := arrays(t, states)
		var stderr bytes.Buffer
		require.Equal(t, 1, run(args, iotest.OneByteReader(strings.NewReader("4,5,6\n7,8,9\n")), &failing{left: left}, &stderr))
		require.Contains(t, stderr.String(), syscall.ENOSPC.Error())
		require.Equal(t, before, arrays(t, states))
	}
}
