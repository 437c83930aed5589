//go:build unix

package format

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// writerWait is how long the reader of a named pipe waits for its first byte.
const writerWait = 10 * time.Second

// openPath opens a file to read. It opens a named pipe at once; the first read waits for a byte.
func openPath(path string) (fs.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Type() != fs.ModeNamedPipe {
		return os.Open(path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(int(f.Fd()), false); err != nil {
		f.Close()
		return nil, os.NewSyscallError("fcntl", err)
	}
	return &pipe{file: f, wait: writerWait}, nil
}

var errNoWriter = errors.New("nobody has written to the pipe")

// A pipe waits for its first byte: without a writer, a pipe seems to have ended.
type pipe struct {
	file  *os.File
	wait  time.Duration // for the first byte
	begun bool
}

func (p *pipe) Stat() (fs.FileInfo, error) { return p.file.Stat() }

func (p *pipe) Close() error { return p.file.Close() }

func (p *pipe) Read(b []byte) (int, error) {
	const pause = 10 * time.Millisecond
	for {
		n, err := p.file.Read(b)
		if p.begun = p.begun || n > 0; p.begun || err != io.EOF {
			return n, err
		}
		if p.wait -= pause; p.wait < 0 {
			return 0, &fs.PathError{Op: "read", Path: p.file.Name(), Err: errNoWriter}
		}
		time.Sleep(pause)
	}
}
