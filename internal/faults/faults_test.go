//go:build linux && amd64

package faults_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/faults"
)

// TestMain lets the test binary stand for a program that writes a file.
func TestMain(m *testing.M) {
	path := os.Getenv("FAULTS_TEST_PATH")
	if path == "" {
		os.Exit(m.Run())
	}
	f, err := os.Create(path)
	if err == nil {
		_, err = f.WriteString("0123456789")
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func TestFaults(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	run := func(n int, f faults.Fault) ([]faults.Call, syscall.WaitStatus) {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "FAULTS_TEST_PATH="+path)
		calls, status, err := faults.Run(c, folder, n, f)
		if err != nil {
			t.Skip("SKIPPED: no program can be traced here: ", err)
		}
		return calls, status
	}
	calls, status := run(-1, faults.Fault{})
	require.Zero(t, status.ExitStatus())
	require.Equal(t, []faults.Call{{"open", path}, {"write", path}, {"fsync", path}, {"close", path}}, calls)
	for n, call := range calls {
		for _, f := range call.Faults() {
			require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
			_, status := run(n, f)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			switch {
			case f.Kill:
				require.Equal(t, syscall.SIGKILL, status.Signal())
			case f.Errno == syscall.EINTR, f.Short:
				require.Zero(t, status.ExitStatus(), "%v %v", call, f)
				require.Equal(t, "0123456789", string(data), "the library tries again")
			default:
				require.Equal(t, 1, status.ExitStatus(), "%v %v", call, f)
			}
			if n == 0 && (f.Kill || f.Errno == syscall.EIO) {
				require.Equal(t, "old", string(data), "the call was not made")
			}
		}
	}
}
