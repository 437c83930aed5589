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

// Open reads the file of that name into memory of its own, so that nothing that
// happens to the file afterwards changes the model. Nor does the memory belong to
// other processes that use the file. From 4 MiB on it stands in huge pages, if Linux
// gives them.
//
// The file is regular or a pipe. A named pipe is waited for until somebody writes to
// it, 10 seconds at most.
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

// WriteFile writes the model to the file of that name. Who opens the file
// meanwhile, or after a crash, finds the old contents or the new ones and
// nothing between: the model is written beside it, and then renamed. The
// permissions of a file that is there stay, and so does a symbolic link to it.
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
