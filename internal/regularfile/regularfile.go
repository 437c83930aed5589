// Package regularfile opens files that a model names, if they are regular files:
// opening a pipe or a device may block for ever.
package regularfile

import (
	"errors"
	"io/fs"
)

// ErrNotRegular is the error of opening a folder, a pipe or a device.
var ErrNotRegular = errors.New("it is not a regular file")

// Open opens a file of a folder. The error is a [*fs.PathError].
func Open(folder fs.FS, name string) (fs.File, error) {
	if err := check(folder, name); err != nil {
		return nil, err
	}
	return folder.Open(name)
}

// ReadFile reads a file of a folder. The error is a [*fs.PathError].
func ReadFile(folder fs.FS, name string) ([]byte, error) {
	if err := check(folder, name); err != nil {
		return nil, err
	}
	return fs.ReadFile(folder, name)
}

func check(folder fs.FS, name string) error {
	info, err := fs.Stat(folder, name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	return err
}
