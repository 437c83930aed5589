package systemd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// A State is a message from a service to its manager.
type State string

// The states of a service.
const (
	Ready    State = "READY=1"
	Stopping State = "STOPPING=1"
	Alive    State = "WATCHDOG=1" // for the watchdog
)

// Notify sends a state to the manager, if it listens (NOTIFY_SOCKET).
func Notify(s State) error {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	defer conn.Close()
	_, err = conn.Write([]byte(s))
	return err
}

// Watchdog returns the interval within which the manager must receive [Alive] repeatedly
// (WATCHDOG_USEC, WATCHDOG_PID); 0: this process has no watchdog.
func Watchdog() (time.Duration, error) {
	text, pid := os.Getenv("WATCHDOG_USEC"), os.Getenv("WATCHDOG_PID")
	if text == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > int64((1<<63-1)/time.Microsecond) {
		return 0, fmt.Errorf("WATCHDOG_USEC is %.40q, want a time in microseconds", text)
	}
	return time.Duration(n) * time.Microsecond, nil
}
