package format

import (
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// A File is a model with the memory that it aliases.
type File struct {
	Model *Model
	Data  []byte // the whole file, aligned; read-only
	unmap func() error
}

// Open reads the file of that name into memory of its own, so that nothing that happens to the file
// afterwards changes the model. The memory is not shared with other processes that use the file.
// From 4 MiB on the memory uses huge pages, if Linux gives them.
//
// The file is a regular file or a pipe. Open waits until somebody writes to a named pipe, 10 seconds at most.
//
// The error wraps an [*Error], or an *os.PathError if the system refuses. It is
// [ErrChanged] if somebody writes to the file while it is read.
func Open(path string) (*File, error) {
	f, err := openPath(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	file, err := open(f)
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", path, err)
	}
	return file, nil
}

// Close releases the memory of a file that [Open] read. The model must not be used
// afterwards. Closing twice is harmless.
func (f *File) Close() error {
	unmap := f.unmap
	f.Model, f.Data, f.unmap = nil, nil, nil
	if unmap == nil {
		return nil
	}
	return unmap()
}

// WriteFile writes the model to the file of that name. A program that opens the file meanwhile, or after a crash, finds
// either the old contents or the new ones: WriteFile writes a file beside it, and then renames it. An existing file
// keeps its permissions, and a symbolic link to it stays.
func WriteFile(path string, m *Model) error {
	data, err := m.Append(nil)
	if err != nil {
		return fmt.Errorf("write model %s: %w", path, err)
	}
	err = atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	return nil
}
