//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"os"
	"strings"
	"syscall"
)

// locks: the system can lock files.
const locks = true

// noFollow are the flags to open a file that nobody else should have made: a link
// is refused, and a pipe does not wait.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// lock locks a file until it is closed or the process ends, however it ends. The
// error is errLocked if another has locked it.
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

// collect removes the temporary files of the target whose writers were killed:
// those that nobody has locked.
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

// isTemporary reports whether a name in the target's folder is one that
// createTemporary gives.
func (t *target) isTemporary(name string) bool {
	digits, starts := strings.CutPrefix(name, "."+t.base+".")
	digits, ends := strings.CutSuffix(digits, temporaryEnd)
	return starts && ends && len(digits) == temporaryDigits && strings.Trim(digits, "0123456789abcdef") == ""
}
