package systemd_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/systemd"
)

func TestNotify(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("there are no sockets of datagrams with a path")
	}
	t.Setenv("NOTIFY_SOCKET", "")
	require.NoError(t, systemd.Notify(systemd.Ready), "there is no manager")
	path := filepath.Join(t.TempDir(), "s")
	t.Setenv("NOTIFY_SOCKET", path)
	require.ErrorContains(t, systemd.Notify(systemd.Ready), "NOTIFY_SOCKET")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	require.NoError(t, err)
	defer manager.Close()
	for _, s := range []systemd.State{systemd.Ready, systemd.Alive, systemd.Stopping} {
		require.NoError(t, systemd.Notify(s))
		b := make([]byte, 100)
		n, err := manager.Read(b)
		require.NoError(t, err)
		require.Equal(t, string(s), string(b[:n]))
	}
}

func TestWatchdog(t *testing.T) {
	me := fmt.Sprint(os.Getpid())
	for _, c := range []struct {
		text, pid string
		want      time.Duration
		err       string
	}{
		{"", "", 0, ""},
		{"1500000", "", 1500 * time.Millisecond, ""},
		{"1500000", me, 1500 * time.Millisecond, ""},
		{"1500000", "1", 0, ""},
		{"0", me, 0, "want a time in microseconds"},
		{"9223372036854775807", me, 0, "want a time in microseconds"},
		{"soon", me, 0, `WATCHDOG_USEC is "soon"`},
	} {
		t.Setenv("WATCHDOG_USEC", c.text)
		t.Setenv("WATCHDOG_PID", c.pid)
		got, err := systemd.Watchdog()
		require.Equal(t, c.want, got)
		if c.err == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.err)
		}
	}
}

func TestSocketsOfOthersAreLeftAlone(t *testing.T) {
	for _, c := range []struct{ pid, count, err string }{
		{"", "", ""},
		{"1", "2", ""},
		{fmt.Sprint(os.Getpid()), "0", ""},
		{fmt.Sprint(os.Getpid()), "many", `LISTEN_FDS is "many"`},
	} {
		t.Setenv("LISTEN_PID", c.pid)
		t.Setenv("LISTEN_FDS", c.count)
		list, err := systemd.Sockets()
		require.Empty(t, list)
		if c.err == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.err)
		}
		require.Empty(t, os.Getenv("LISTEN_FDS"), "they are taken once")
	}
}
