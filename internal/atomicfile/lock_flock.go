//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"os"
	"strings"
	"syscall"
)

// locks means that the system can lock files.
const locks = true

// noFollow are the flags for opening a file that only this package should have created:
// symbolic links are refused, and opening a pipe does not block.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// lock locks a file until it is closed or the process ends in any way. The error is
// errLocked if another process has locked it.
func lock(f *os.File) error {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err {
		case nil:
			return nil
		case syscall.EINTR:
		case syscall.EWOULDBLOCK:
			return errLocked
		default:
			return os.NewSyscallError("flock", err)
		}
	}
}

// collect removes temporary files of the target that killed writers left behind: those
// without a lock.
func (t *target) collect() {
	d, err := os.Open(t.folder())
	if err != nil {
		return
	}
	names, _ := d.Readdirnames(-1)
	_ = d.Close()
	for _, name := range names {
		if !t.isTemporary(name) {
			continue
		}
		f, err := os.OpenFile(t.dir+name, os.O_RDONLY|noFollow, 0)
		if err != nil {
			continue
		}
		if lock(f) == nil {
			_ = os.Remove(f.Name())
		}
		_ = f.Close()
	}
}

// isTemporary reports whether name is the name of a temporary file of the target.
func (t *target) isTemporary(name string) bool {
	digits, starts := strings.CutPrefix(name, "."+t.base+".")
	digits, ends := strings.CutSuffix(digits, temporaryEnd)
	return starts && ends && len(digits) == temporaryDigits && strings.Trim(digits, "0123456789abcdef") == ""
}
