//go:build linux && amd64

package faults

import (
	"fmt"
	"syscall"
)

// A Fault is a failure of a system call.
type Fault struct {
	Errno syscall.Errno // the call fails with this error; 0: another fault
	Short bool          // the call reads or writes only half of the bytes
	Kill  bool          // the program is killed before the call
}

// String names the fault.
func (f Fault) String() string {
	switch {
	case f.Kill:
		return "kill"
	case f.Short:
		return "short"
	}
	return map[syscall.Errno]string{syscall.ENOSPC: "ENOSPC", syscall.EIO: "EIO", syscall.EINTR: "EINTR"}[f.Errno]
}

// A Call is a system call on a file.
type Call struct {
	Name string // such as "write"
	Path string // of the file
}

// String names the call.
func (c Call) String() string { return fmt.Sprintf("%s %s", c.Name, c.Path) }

// Faults lists the faults that are possible for the call: a write may find the device
// full, a read or a write may be short, and any call may fail or be interrupted.
func (c Call) Faults() []Fault {
	k := calls[numbers[c.Name]]
	list := []Fault{{Kill: true}, {Errno: syscall.EIO}}
	if k.interrupted {
		list = append(list, Fault{Errno: syscall.EINTR})
	}
	if k.writes {
		list = append(list, Fault{Errno: syscall.ENOSPC})
	}
	if k.counted {
		list = append(list, Fault{Short: true})
	}
	return list
}

// A kind describes a system call.
type kind struct {
	name        string
	path        int  // index of the argument with the file's name; -1: the first argument is a descriptor
	writes      bool // the device may be full
	interrupted bool // a signal may interrupt it
	counted     bool // the third argument is the number of bytes
}

var calls = map[uint64]kind{
	syscall.SYS_READ:      {"read", -1, false, true, true},
	syscall.SYS_PREAD64:   {"pread", -1, false, true, true},
	syscall.SYS_WRITE:     {"write", -1, true, true, true},
	syscall.SYS_PWRITE64:  {"pwrite", -1, true, true, true},
	syscall.SYS_FSYNC:     {"fsync", -1, true, true, false},
	syscall.SYS_CLOSE:     {"close", -1, true, false, false},
	syscall.SYS_FCHMOD:    {"fchmod", -1, false, false, false},
	syscall.SYS_FLOCK:     {"flock", -1, false, true, false},
	syscall.SYS_OPENAT:    {"open", 1, true, true, false},
	syscall.SYS_RENAME:    {"rename", 0, true, false, false},
	syscall.SYS_RENAMEAT:  {"rename", 1, true, false, false},
	syscall.SYS_UNLINK:    {"unlink", 0, false, false, false},
	syscall.SYS_UNLINKAT:  {"unlink", 1, false, false, false},
	syscall.SYS_FSTAT:     {"fstat", -1, false, false, false},
	syscall.SYS_FTRUNCATE: {"ftruncate", -1, true, false, false},
}

// numbers are the numbers of the calls, by name.
var numbers = func() map[string]uint64 {
	m := map[string]uint64{}
	for number, k := range calls {
		m[k.name] = number
	}
	return m
}()
