package atomicfile

import (
	"errors"
	"io/fs"
	"os"
)

// ErrClaimed is the error of a file that another process has claimed.
var ErrClaimed = errors.New("another process is writing to it; wait until it ends, or choose another file")

// Claim checks that the file at path can be written, and claims it until release is
// called or the process ends in any way; a second claim fails with [ErrClaimed]. A claim
// is a lock on the file .NAME.lock beside the file, which release removes. If the process
// is killed, the lock file stays, but the claim ends. On systems without flock, a second
// claim succeeds. A device or a pipe can be claimed several times. The error is an
// [*fs.PathError].
func Claim(path string) (release func(), err error) {
	t, err := find(path)
	if err == nil {
		err = t.try()
	}
	if err == nil {
		release, err = t.claim()
	}
	if err != nil {
		return nil, failed("create", path, err)
	}
	return release, nil
}

// try fails if the target could not be written, but writes nothing. It does not open a
// pipe, because closing it would end the input of the reader.
func (t *target) try() error {
	if t.mode&fs.ModeNamedPipe != 0 {
		return nil
	}
	f, err := t.open()
	if err != nil {
		return err
	}
	if !locks { // an open file cannot be removed
		_ = f.Close()
	}
	if !t.direct {
		_ = os.Remove(f.Name())
	}
	_ = f.Close()
	return nil
}

func (t *target) claim() (release func(), err error) {
	if t.direct {
		return func() {}, nil
	}
	name := t.dir + "." + t.base + ".lock"
	for range 100 {
		f, err := os.OpenFile(name, os.O_RDONLY|noFollow, 0)
		if errors.Is(err, fs.ErrNotExist) {
			f, err = os.OpenFile(name, os.O_RDONLY|os.O_CREATE|os.O_EXCL, 0o666)
		}
		if errors.Is(err, fs.ErrExist) {
			continue // another process created the folder
		}
		if err != nil {
			return nil, err
		}
		if errors.Is(lock(f), errLocked) {
			_ = f.Close()
			return nil, ErrClaimed
		}
		if !hasName(f) { // another process has released the claim and removed the file
			_ = f.Close()
			continue
		}
		return func() {
			if !locks { // an open file may not be removable; otherwise it stays locked until it is removed
				_ = f.Close()
			}
			_ = os.Remove(name)
			_ = f.Close()
		}, nil
	}
	return nil, ErrClaimed
}
