package atomicfile

import (
	"errors"
	"io/fs"
	"os"
)

// ErrClaimed: another process has claimed the file.
var ErrClaimed = errors.New("another process is writing to it; wait until it ends, or choose another file")

// Claim checks that the file of that name can be written, and claims it until
// release is called or the process ends in any way: a second claim gives
// [ErrClaimed]. The claim is a lock on the file .NAME.lock beside it, which release
// removes; if the process is killed the file stays, and claims nothing. On systems
// without flock, a second claim succeeds. A device or a pipe can be claimed by
// many. The error is an [*fs.PathError].
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

// try writes nothing to the target, but would fail if something could not be
// written. It leaves a pipe alone, whose reader would see its end.
func (t *target) try() error {
	if t.mode&fs.ModeNamedPipe != 0 {
		return nil
	}
	f, err := t.open()
	if err != nil {
		return err
	}
	if !locks { // an open file may not be removed
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
			continue // made by another meanwhile
		}
		if err != nil {
			return nil, err
		}
		if errors.Is(lock(f), errLocked) {
			_ = f.Close()
			return nil, ErrClaimed
		}
		if !hasName(f) { // released, and so removed, meanwhile
			_ = f.Close()
			continue
		}
		return func() {
			if !locks { // an open file may not be removed; where it may, it stays locked until then
				_ = f.Close()
			}
			_ = os.Remove(name)
			_ = f.Close()
		}, nil
	}
	return nil, ErrClaimed
}
