//go:build unix && !nohttp

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/childtest"
)

// A manager such as systemd listens, starts the server at the sockets, and is told that it
// is ready, that it works, and that it ends.
func TestServeUnderAManager(t *testing.T) {
	childtest.Heed(t, syscall.SIGTERM)
	k := tasks()[0]
	path, dir := save(t, k.d), t.TempDir()
	said, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	require.NoError(t, err)
	defer said.Close()
	hear := func() string {
		b := make([]byte, 100)
		require.NoError(t, said.SetReadDeadline(time.Now().Add(20*time.Second)))
		n, err := said.Read(b)
		require.NoError(t, err)
		return string(b[:n])
	}
	// The shell gives its process number to the program, as a manager knows it.
	c := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, os.Args[0], "serve", "-m", path)
	c.Env = append(os.Environ(), childtest.Environ, "LISTEN_FDS=2", "LISTEN_FDNAMES=lines:pump-http", "NOTIFY_SOCKET="+filepath.Join(dir, "notify"), "WATCHDOG_USEC=30000")
	sockets := []string{filepath.Join(dir, "lines"), filepath.Join(dir, "http")}
	for _, socket := range sockets {
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
		require.NoError(t, err)
		f, err := l.File()
		require.NoError(t, err)
		defer f.Close()
		defer l.Close()
		c.ExtraFiles = append(c.ExtraFiles, f)
	}
	c.Stderr = new(lockedBuffer)
	childtest.Start(t, c)
	defer c.Process.Kill()
	require.Equal(t, "READY=1", hear(), c.Stderr)
	require.Equal(t, "WATCHDOG=1", hear())
	require.Equal(t, "WATCHDOG=1", hear())

	line := csv(k.sequence(1, 1), k.width())
	conn, err := net.Dial("unix", sockets[0])
	require.NoError(t, err)
	_, err = io.WriteString(conn, line)
	require.NoError(t, err)
	require.NoError(t, conn.(*net.UnixConn).CloseWrite())
	got, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Equal(t, printed(t, line, "run", "-m", path), string(got))
	over := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", sockets[1]) }}}
	answer, err := over.Get("http://rnnrun/healthz")
	require.NoError(t, err)
	answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)

	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	for hear() != "STOPPING=1" {
	}
	require.NoError(t, c.Wait(), c.Stderr)
	for _, socket := range sockets {
		require.FileExists(t, socket, "the manager goes on with them")
	}
}
