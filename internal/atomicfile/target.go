package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A target is the file that a path refers to, which need not exist.
type target struct {
	path      string // with all symbolic links resolved
	dir, base string // of path; dir is "" or ends in a separator
	exists    bool
	info      fs.FileInfo // of the existing file
	mode      fs.FileMode // of the existing file
	direct    bool        // the file is written directly, not replaced
}

var errLinks = errors.New("too many symbolic links")

// find returns the target of a path. It refuses a folder.
func find(name string) (target, error) {
	info, err := os.Stat(name) // also fails if the system does not allow following a link
	if err != nil && (name == "" || !errors.Is(err, fs.ErrNotExist)) {
		return target{}, err
	}
	t := target{exists: err == nil}
	if t.exists {
		t.info, t.mode = info, info.Mode()
	}
	if t.path, err = follow(name); err != nil {
		return target{}, err
	}
	t.dir, t.base = filepath.Split(t.path)
	if t.mode.IsDir() || t.base == "" {
		return target{}, syscall.EISDIR
	}
	t.direct = !t.mode.IsRegular() || isOpenFile(t.path)
	return t, nil
}

// Same reports whether two paths refer to the same file, which need not exist. It returns
// false for devices, pipes and open files of the process.
func Same(a, b string) bool {
	x, err := find(a)
	if err != nil || x.direct {
		return false
	}
	y, err := find(b)
	if err != nil || y.direct {
		return false
	}
	if x.exists && y.exists {
		return os.SameFile(x.info, y.info)
	}
	if x.exists != y.exists || x.base != y.base {
		return false
	}
	in, err := os.Stat(x.folder())
	if err != nil {
		return false
	}
	other, err := os.Stat(y.folder())
	return err == nil && os.SameFile(in, other)
}

// follow resolves symbolic links, up to a path that is not a link, or is an open file.
func follow(path string) (string, error) {
	for range 40 { // the limit of Linux
		if isOpenFile(path) {
			return path, nil
		}
		link, err := os.Readlink(path)
		if err != nil {
			return path, nil
		}
		if !filepath.IsAbs(link) {
			dir, _ := filepath.Split(path)
			link = dir + link // not cleaned: ".." after a link is the parent of the link's target
		}
		path = link
	}
	return "", errLinks
}

// isOpenFile reports whether a path refers to a file that a process has open, as
// /dev/stdout finally does. Replacing it would not change the open file.
func isOpenFile(path string) bool {
	path = filepath.ToSlash(filepath.Clean(path))
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/")
}

// open opens the file to write: the target, or a temporary file beside it.
func (t *target) open() (*os.File, error) {
	switch {
	case !t.direct && t.exists: // a file that is not writable must not be replaced, even if its folder allows it
		f, err := os.OpenFile(t.path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		_ = f.Close()
		return t.createTemporary()
	case !t.direct:
		return t.createTemporary()
	case t.mode.IsRegular():
		return os.OpenFile(t.path, os.O_WRONLY|os.O_APPEND, 0) // after what others have written
	}
	return os.OpenFile(t.path, os.O_WRONLY, 0)
}

// folder returns the name of the target's folder.
func (t *target) folder() string {
	if t.dir == "" {
		return "."
	}
	return t.dir
}

// syncDir makes a rename survive a power failure, if the system can.
func (t *target) syncDir() {
	if d, err := os.Open(t.folder()); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
