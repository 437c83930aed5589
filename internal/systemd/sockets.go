package systemd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// firstSocket is the descriptor of the first socket that a manager passes.
const firstSocket = 3

// A Socket is a listening socket that the manager passes to a process.
type Socket struct {
	net.Listener
	Name string // FileDescriptorName= of its unit, or the unit's name; may be empty
}

// Sockets returns the sockets that the manager has passed to this process. It can be
// called only once, since it unsets the variables LISTEN_FDS, LISTEN_PID and
// LISTEN_FDNAMES.
func Sockets() ([]Socket, error) {
	count, pid, names := os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDNAMES")
	for _, name := range []string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"} {
		if err := os.Unsetenv(name); err != nil {
			return nil, err
		}
	}
	if pid != strconv.Itoa(os.Getpid()) {
		return nil, nil // the sockets are for another process
	}
	n, err := strconv.ParseUint(count, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("LISTEN_FDS is %.40q, want a number of sockets", count)
	}
	var list []Socket
	name := strings.Split(names, ":")
	for i := range int(n) {
		s := Socket{}
		if i < len(name) {
			s.Name = name[i]
		}
		if s.Listener, err = listener(firstSocket + i); err != nil {
			return nil, fmt.Errorf("the socket %.40q of systemd: %w", s.Name, err)
		}
		list = append(list, s)
	}
	return list, nil
}

func listener(descriptor int) (net.Listener, error) {
	f := os.NewFile(uintptr(descriptor), "socket")
	defer f.Close() // the listener has duplicated the descriptor
	l, err := net.FileListener(f)
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // the manager keeps the socket
	}
	return l, err
}
