// Package atomicfile writes files of which a reader, or who comes after a
// crash, finds the old contents or the new ones and nothing between.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
)

// Write replaces the file of that name by what write writes: to a temporary
// file beside it, .NAME.tmp, which is synced and then renamed. If write fails the
// old file stays, and the error is write's. What a process that was killed has
// left of the temporary file, the next call overwrites. So two processes must not
// write the same file at once: see [Create].
func Write(path string, write func(w io.Writer) error) error {
	f, err := create(path, "tmp", os.O_TRUNC)
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

// A File is being written beside the file whose place it will take.
type File struct {
	file  *os.File
	path  string // "": the file is in its place
	ended sync.Once
}

// Create starts to write a file in the place of that of the name. The temporary
// file's name is random, so that several may be written at once. A device or a
// named pipe, which cannot be replaced, is written to directly.
func Create(path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &File{file: f}, nil
	}
	return create(path, fmt.Sprintf("%016x", rand.Uint64()), os.O_EXCL)
}

func create(path, extension string, flag int) (*File, error) {
	dir, base := filepath.Split(path)
	temporary := filepath.Join(dir, "."+base+"."+extension)
	f, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|flag, 0o666)
	if err != nil {
		return nil, err
	}
	return &File{file: f, path: path}, nil
}

// Write writes to the file.
func (f *File) Write(b []byte) (int, error) { return f.file.Write(b) }

// Seek sets where the next Write goes, if that is no device.
func (f *File) Seek(offset int64, whence int) (int64, error) { return f.file.Seek(offset, whence) }

// Commit puts the file in its place. If it cannot, the old file stays. After
// [File.Abandon] it does nothing.
func (f *File) Commit() (err error) {
	f.ended.Do(func() { err = f.commit() })
	return err
}

func (f *File) commit() error {
	if f.path == "" {
		return f.file.Close()
	}
	err := errors.Join(f.file.Sync(), f.file.Close())
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.file.Name()))
	}
	syncDir(filepath.Dir(f.path))
	return nil
}

// Abandon removes what was written. After [File.Commit] it does nothing. It may be
// called while another goroutine writes.
func (f *File) Abandon() {
	f.ended.Do(func() {
		f.file.Close()
		if f.path != "" {
			os.Remove(f.file.Name())
		}
	})
}

// syncDir makes a rename last over a power failure, where the system can.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
