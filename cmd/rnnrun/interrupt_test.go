//go:build unix

package main

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/childtest"
)

func TestRunSavesTheStatesWhenASignalEndsIt(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	want := filepath.Join(t.TempDir(), "want.npz")
	printed(t, "1,2,3\n4,5,6\n", "run", "-m", path, "--state-out", want)
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(s.String(), func(t *testing.T) {
			childtest.Heed(t, s)
			states := filepath.Join(t.TempDir(), "states.npz")
			c := childtest.Command("run", "-m", path, "--state-in", states, "--state-out", states)
			in, err := c.StdinPipe()
			require.NoError(t, err)
			out, err := c.StdoutPipe()
			require.NoError(t, err)
			childtest.Start(t, c)
			_, err = io.WriteString(in, "1,2,3\n4,5,6\n")
			require.NoError(t, err)
			answers := bufio.NewReader(out)
			for range 2 {
				_, err := answers.ReadString('\n')
				require.NoError(t, err)
			}
			require.NoError(t, c.Process.Signal(s))
			var exit *exec.ExitError
			require.ErrorAs(t, c.Wait(), &exit)
			require.Equal(t, 128+int(s), exit.ExitCode())
			require.Equal(t, arrays(t, want), arrays(t, states))
		})
	}
}

func TestRunSavesTheStatesAfterAnErrorOfTheInput(t *testing.T) {
	k := tasks()[0]
	path := save(t, k.d)
	want, states := filepath.Join(t.TempDir(), "want.npz"), filepath.Join(t.TempDir(), "states.npz")
	printed(t, "1,2,3\n", "run", "-m", path, "--state-out", want)
	o := command("1,2,3\nx\n4,5,6\n", "run", "-m", path, "--strict", "--state-out", states)
	require.Equal(t, 1, o.code)
	require.Equal(t, arrays(t, want), arrays(t, states))
}

func TestRunStartsWithoutTheStatesThatItWillWrite(t *testing.T) {
	k := tasks()[0]
	path, states := save(t, k.d), filepath.Join(t.TempDir(), "states.npz")
	args := []string{"run", "-m", path, "--state-in", states}
	require.Equal(t, 1, command("1,2,3\n", args...).code)
	args = append(args, "--state-out", states)
	o := command("", args...)
	require.Equal(t, 0, o.code)
	require.NoFileExists(t, states)
	o = command("1,2,3\n", args...)
	require.Equal(t, 0, o.code)
	require.Contains(t, o.stderr, "states.npz does not exist yet: the model starts from its initial states")
	require.Equal(t, printed(t, "1,2,3\n4,5,6\n", "run", "-m", path), o.stdout+printed(t, "4,5,6\n", args...))
	require.True(t, strings.HasSuffix(o.stdout, "\n"))
}
