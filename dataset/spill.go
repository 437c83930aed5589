package dataset

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A spill is an array of bytes that grows at its end: in memory up to a limit,
// and beyond it in a temporary file, so that data may be larger than memory.
type spill struct {
	limit  int64    // of the memory, in bytes
	blocks [][]byte // of blockSize bytes, so that growing copies nothing
	file   *os.File
	writer *bufio.Writer // of the file, nil while everything is in memory
	size   int64
}

// Write implements [io.Writer].
func (s *spill) Write(b []byte) (int, error) {
	if s.file == nil && s.size+int64(len(b)) > s.limit {
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	if s.file == nil {
		s.keep(b)
		return len(b), nil
	}
	s.size += int64(len(b))
	n, err := s.writer.Write(b)
	if err != nil {
		err = fmt.Errorf("data beyond %s go to a temporary file: %w", message.Count(s.limit, "byte"), err)
	}
	return n, err
}

func (s *spill) toFile() error {
	f, err := os.CreateTemp("", "dataset-*")
	if err != nil {
		return fmt.Errorf("data beyond %s need a temporary file: %w", message.Count(s.limit, "byte"), err)
	}
	// If the system can remove an open file, a kill leaves nothing behind.
	_ = os.Remove(f.Name())
	s.file, s.writer = f, bufio.NewWriterSize(f, 1<<16)
	for _, b := range s.blocks {
		if _, err := s.writer.Write(b); err != nil {
			return err
		}
	}
	s.blocks = nil
	return nil
}

const blockSize = 1 << 20

// keep appends b to the memory.
func (s *spill) keep(b []byte) {
	s.size += int64(len(b))
	for len(b) > 0 {
		last := len(s.blocks) - 1
		if last < 0 || len(s.blocks[last]) == blockSize {
			// Little data gets small blocks.
			s.blocks = append(s.blocks, make([]byte, 0, min(blockSize, max(len(b), 1<<12, int(s.size)))))
			last++
		}
		block := &s.blocks[last]
		n := min(len(b), blockSize-len(*block))
		*block = append(*block, b[:n]...)
		b = b[n:]
	}
}

// ReadAt implements [io.ReaderAt].
func (s *spill) ReadAt(b []byte, at int64) (int, error) {
	if at < 0 || at+int64(len(b)) > s.size {
		return 0, io.ErrUnexpectedEOF
	}
	if s.file == nil {
		n := 0
		for n < len(b) {
			place := at + int64(n)
			n += copy(b[n:], s.blocks[place/blockSize][place%blockSize:])
		}
		return n, nil
	}
	if s.writer.Buffered() > 0 {
		if err := s.writer.Flush(); err != nil {
			return 0, err
		}
	}
	return s.file.ReadAt(b, at)
}

// Close releases the memory and the file.
func (s *spill) Close() error {
	s.blocks, s.size = nil, 0
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // if it could not be removed before
	s.file = nil
	return err
}
