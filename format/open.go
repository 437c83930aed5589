package format

import (
	"errors"
	"io"
	"io/fs"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// maxPipe is the greatest size in bytes of a model from a pipe, of which only the header tells the size. The size of a
// file is checked against the file.
const maxPipe = 1 << 30

// open reads a model from a file, and checks that nobody wrote to it meanwhile.
func open(f fs.File) (*File, error) {
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := before.Mode(); mode.IsDir() {
		return nil, fail(ErrNotModel, inHeader, 0, "it is a directory")
	} else if !mode.IsRegular() && mode.Type() != fs.ModeNamedPipe {
		return nil, fail(ErrNotModel, inHeader, 0, "it is neither a file nor a pipe")
	}
	file, err := readFile(f, before)
	if before.Mode().IsRegular() {
		after, failed := f.Stat()
		switch {
		case failed != nil:
			err = errors.Join(err, failed)
		case after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()):
			err = fail(ErrChanged, inHeader, -1, "it had %s before the read and %d after", message.Count(before.Size(), "byte"), after.Size())
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// readFile reads a model from a regular file or a pipe. The caller closes the file that it returns even if there is an
// error.
func readFile(f fs.File, info fs.FileInfo) (*File, error) {
	file := new(File)
	head := make([]byte, headerSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !isEnd(err) {
		return file, err
	}
	h, err := readHeader(head[:n])
	if err != nil {
		return file, err
	}
	if info.Mode().IsRegular() {
		err = h.checkSize(info.Size())
	} else if h.size > maxPipe {
		err = fail(ErrUnsupported, inHeader, 16, "a size of %s, but a pipe may give at most %d: save the model as a file", message.Count(h.size, "byte"), maxPipe)
	}
	if err == nil && h.size > math.MaxInt-Alignment {
		err = fail(ErrUnsupported, inHeader, 16, "a size of %s does not fit in this machine's memory", message.Count(h.size, "byte"))
	}
	if err != nil {
		return file, err
	}
	file.Data, file.unmap, err = inMemory(int(h.size), func(data []byte) error {
		return h.readRest(f, data[copy(data, head):])
	})
	if err == nil {
		file.Model, err = Read(file.Data)
	}
	return file, err
}

// readRest reads what follows the header, and checks that it is all.
func (h *header) readRest(f io.Reader, rest []byte) error {
	n, err := io.ReadFull(f, rest)
	if isEnd(err) {
		return h.checkSize(int64(headerSize + n))
	}
	if err != nil {
		return err
	}
	switch _, err := io.ReadFull(f, make([]byte, 1)); {
	case err == nil:
		return h.checkSize(h.size + 1)
	case !isEnd(err):
		return err
	}
	return nil
}

// isEnd reports whether an error of reading says that a file has ended.
func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
