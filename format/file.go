package format

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// A File is a model with the memory that it aliases.
type File struct {
	Model *Model
	Data  []byte // the whole file, aligned; read-only
	unmap func() error
}

// Open reads the file of that name: mapped in place on Linux and macOS, read
// whole elsewhere, and where the file system cannot map. A file of 4 MiB or more
// is read whole into huge pages, where Linux gives them. A mapped file must not
// be changed while it is open: replace it as [WriteFile] does.
//
// The error wraps an [*Error], or an [*os.PathError] where the system refuses.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
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

func open(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fail(ErrNotModel, inHeader, 0, "it is a directory")
	}
	// The header tells the size, so that nothing else is mapped or read.
	head := make([]byte, headerSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	h, err := readHeader(head[:n])
	if err != nil {
		return nil, err
	}
	if h.size > math.MaxInt-Alignment {
		return nil, fail(ErrUnsupported, inHeader, 16, "a size of %d bytes does not fit in this machine's memory", h.size)
	}
	file := new(File)
	switch {
	case !info.Mode().IsRegular():
		file.Data, err = readPipe(f, head, h.size)
	case info.Size() != h.size:
		err = h.checkSize(info.Size())
	default:
		if file.Data, file.unmap, err = readHuge(f, int(h.size)); err != nil {
			file.Data, file.unmap, err = mapFile(f, int(h.size))
		}
		if err != nil {
			file.Data, err = readWhole(f, head, h.size)
		}
	}
	if err != nil {
		return nil, err
	}
	if file.Model, err = Read(file.Data); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// readWhole reads the rest of a file after its header.
func readWhole(f *os.File, head []byte, size int64) ([]byte, error) {
	data := makeAligned(int(size))
	n := copy(data, head)
	_, err := io.ReadFull(f, data[n:])
	return data, err
}

// readPipe does the same for what has no size to check: memory grows as data
// comes, and what is too much is left to [Read] to refuse.
func readPipe(f *os.File, head []byte, size int64) ([]byte, error) {
	rest, err := io.ReadAll(io.LimitReader(f, size-int64(len(head))+1))
	return Align(append(head, rest...)), err
}

// Close releases the memory of a file that [Open] mapped or read. The model must not be used
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
