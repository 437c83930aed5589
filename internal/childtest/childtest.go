// Package childtest runs the test binary of a command as the command itself, in a
// separate process that signals can end.
package childtest

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const variable = "RNNRUN_TEST_COMMAND"

// Environ is the environment variable that makes the test binary run as the command.
const Environ = variable + "=1"

// Main is the body of TestMain for a command.
func Main(m *testing.M, main func()) {
	if os.Getenv(variable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// Command returns the command with these arguments, to run in a separate process.
func Command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), Environ)
	return c
}

// Start starts a process, unless the test runs on an emulator that cannot.
func Start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if strings.HasPrefix(os.Getenv("RNNRUN_EMULATOR"), "qemu-") {
		t.Skip("the fork of a program with threads may hang in QEMU's user mode")
	}
	err := c.Start()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("an emulated program cannot start itself")
	}
	require.NoError(t, err)
}

// Heed makes programs that the test starts receive a signal, even if the test's parent
// process ignores it.
func Heed(t *testing.T, s os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, s)
	t.Cleanup(func() { signal.Stop(c) })
}
