//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary stand for the command, which signals can end.
func TestMain(m *testing.M) {
	if os.Getenv("RNNRUN_TEST_COMMAND") != "" {
		main()
	}
	os.Exit(m.Run())
}

// heed has a program that the test starts not ignore a signal, as it does if whoever
// started the tests ignores it.
func heed(t *testing.T, s os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, s)
	t.Cleanup(func() { signal.Stop(c) })
}

func TestRunSavesTheStatesWhenASignalEndsIt(t *testing.T) {
	if strings.HasPrefix(os.Getenv("RNNRUN_EMULATOR"), "qemu-") {
		t.Skip("the fork of a program with threads may hang in QEMU's user mode")
	}
	k := tasks()[0]
	path := save(t, k.d)
	want := filepath.Join(t.TempDir(), "want.npz")
	printed(t, "1,2,3\n4,5,6\n", "run", "-m", path, "--state-out", want)
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(s.String(), func(t *testing.T) {
			heed(t, s)
			states := filepath.Join(t.TempDir(), "states.npz")
			c := exec.Command(os.Args[0], "run", "-m", path, "--state-in", states, "--state-out", states)
			c.Env = append(os.Environ(), "RNNRUN_TEST_COMMAND=1")
			in, err := c.StdinPipe()
			require.NoError(t, err)
			out, err := c.StdoutPipe()
			require.NoError(t, err)
			err = c.Start()
			if errors.Is(err, syscall.ENOEXEC) {
				t.Skip("an emulated program cannot start itself")
			}
			require.NoError(t, err)
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
