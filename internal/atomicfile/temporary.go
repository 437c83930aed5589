package atomicfile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
)

// errLocked is the error of a file that another process has locked.
var errLocked = errors.New("it is locked")

const (
	temporaryEnd    = ".tmp"
	temporaryDigits = 16
)

// createTemporary creates a temporary file beside the target, with the permissions
// of the target, and locks it.
func (t *target) createTemporary() (*os.File, error) {
	t.collect()
	mode := os.FileMode(0o666)
	if t.exists {
		mode = 0o600 // only users who may read the target may read it
	}
	for range 100 {
		name := fmt.Sprintf("%s.%s.%0*x%s", t.dir, t.base, temporaryDigits, rand.Uint64(), temporaryEnd)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return nil, err
		}
		if errors.Is(lock(f), errLocked) || !hasName(f) { // another writer took it for the file of a killed process
			_ = f.Close()
			_ = os.Remove(name)
			continue
		}
		if err := t.keepMode(f); err != nil {
			_ = f.Close()
			_ = os.Remove(name)
			return nil, err
		}
		return f, nil
	}
	return nil, errLocked
}

// keepMode sets the permissions of a file to those of the target, if it exists.
func (t *target) keepMode(f *os.File) error {
	info, err := f.Stat()
	if err != nil || !t.exists || info.Mode().Perm() == t.mode.Perm() {
		return err
	}
	return f.Chmod(t.mode.Perm())
}

// hasName reports whether the file's name still refers to this file.
func hasName(f *os.File) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(f.Name())
	return err == nil && os.SameFile(opened, named)
}
