package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A testBroker is Mosquitto, in a process that can be ended and started again.
type testBroker struct {
	t             *testing.T
	address, conf string
	process       *exec.Cmd
}

// startBroker starts it. Without one the test is skipped, or fails if RNNRUN_REQUIRE_BROKER
// is set.
func startBroker(t *testing.T) *testBroker {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		program = "/usr/sbin/mosquitto"
	}
	if _, err := os.Stat(program); err != nil {
		require.Empty(t, os.Getenv("RNNRUN_REQUIRE_BROKER"), "it requires a broker, and there is none: apt-get install mosquitto")
		t.Skip("there is no broker: apt-get install mosquitto")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b := &testBroker{t: t, address: l.Addr().String(), conf: filepath.Join(t.TempDir(), "conf")}
	require.NoError(t, l.Close())
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777)) // the broker may have a user of its own
	passwords := filepath.Join(dir, "passwords")
	require.NoError(t, os.WriteFile(passwords, nil, 0o644))
	out, err := exec.Command("mosquitto_passwd", "-b", passwords, "device", "secret").CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.Chmod(passwords, 0o644))
	_, port, err := net.SplitHostPort(b.address)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(b.conf, fmt.Appendf(nil,
		"listener %s 127.0.0.1\nallow_anonymous false\npassword_file %s\npersistence true\npersistence_location %s/\nmax_queued_messages 0\nautosave_on_changes true\nautosave_interval 1\nuser root\n", port, passwords, dir), 0o644))
	b.process = exec.Command(program, "-c", b.conf)
	b.start()
	t.Cleanup(b.end)
	return b
}

func (b *testBroker) start() {
	b.process = exec.Command(b.process.Path, "-c", b.conf)
	require.NoError(b.t, b.process.Start())
	require.Eventually(b.t, func() bool {
		conn, err := net.Dial("tcp", b.address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 20*time.Second, 10*time.Millisecond)
}

// end ends the broker, which breaks all connections and keeps the sessions.
func (b *testBroker) end() { b.signal(syscall.SIGTERM) }

// kill ends the broker, which keeps what it has saved before, and no more.
func (b *testBroker) kill() { b.signal(syscall.SIGKILL) }

func (b *testBroker) signal(s syscall.Signal) {
	b.process.Process.Signal(s)
	b.process.Wait()
}
