// Package atomicfile writes files so that a reader, also after a crash, finds
// either the old contents or the new ones.
//
// The data goes to a temporary file beside the target, .NAME.RANDOM.tmp with 16
// hexadecimal digits, which is synced and then renamed. On systems with flock
// (Linux, macOS, BSD) its writer holds a lock on it, which ends with the
// process: the next writer of the same target removes files without a holder.
// On other systems the temporary file of a killed process stays.
package atomicfile

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
)

// Write replaces the file at path with the data that write writes. If write fails, the
// old file stays, and Write returns the error of write. See [Create].
func Write(path string, write func(w io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abandon()
	b := bufio.NewWriterSize(f, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return f.Commit()
}

// A File is a temporary file that will replace another one.
type File struct {
	file   *os.File
	name   string // name from the caller
	target target
	ended  sync.Once
}

// Create creates a file that will replace the file at path and keep its permissions.
// Several processes may write at once: the file that is committed last stays. If path is
// a symbolic link, the file that it points to is replaced. A device, a pipe or an open
// file of the process (/dev/stdout) is written directly. The error is an [*fs.PathError]
// with path.
func Create(path string) (*File, error) {
	t, err := find(path)
	if err != nil {
		return nil, failed("create", path, err)
	}
	f, err := t.open()
	if err != nil {
		return nil, failed("create", path, err)
	}
	return &File{file: f, name: path, target: t}, nil
}

// Write writes to the file.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.file.Write(b)
	return n, failed("write", f.name, err)
}

// Seek sets the offset of the next Write, unless the file is a device or a pipe.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	if f.target.direct {
		return 0, failed("seek", f.name, errors.ErrUnsupported)
	}
	n, err := f.file.Seek(offset, whence)
	return n, failed("seek", f.name, err)
}

// Commit replaces the old file. If that fails, the old file stays. After [File.Abandon],
// Commit does nothing.
func (f *File) Commit() (err error) {
	f.ended.Do(func() { err = failed("replace", f.name, f.commit()) })
	return err
}

func (f *File) commit() error {
	if f.target.direct {
		return f.file.Close()
	}
	err := f.file.Sync()
	if !locks { // some systems cannot rename an open file; on others, the file stays locked until it is renamed
		err = errors.Join(err, f.file.Close())
	}
	if err == nil {
		err = os.Rename(f.file.Name(), f.target.path)
	}
	if err != nil {
		_ = os.Remove(f.file.Name())
	} else {
		f.target.syncDir()
	}
	if locks {
		err = errors.Join(err, f.file.Close())
	}
	return err
}

// Abandon removes the written data. After [File.Commit], it does nothing. It may be
// called while another goroutine writes.
func (f *File) Abandon() {
	f.ended.Do(func() {
		f.file.Close()
		if !f.target.direct {
			os.Remove(f.file.Name())
		}
	})
}

// Remove removes the file at path. If path is a symbolic link, the file that it points to
// is removed. A device, a pipe or an open file of the process stays.
func Remove(path string) error {
	t, err := find(path)
	if err != nil || t.direct {
		return failed("remove", path, err)
	}
	return failed("remove", path, os.Remove(t.path))
}

// failed returns the error of an operation with the name from the caller, which may
// differ from the name of the opened file.
func failed(operation, name string, err error) error {
	if err == nil {
		return nil
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: operation, Path: name, Err: err}
}
