package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
)

// An output is the standard output, or a file that takes its place only when
// it is whole: until then it has another name in the same folder.
type output struct {
	io.Writer
	file *os.File // nil: the standard output
	path string   // empty: the file is in its place
	done sync.Once
}

func openOutput(path string, stdout io.Writer) (*output, error) {
	if path == "-" {
		return &output{Writer: stdout}, nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		// A device or a named pipe keeps its place.
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &output{Writer: f, file: f}, err
	}
	dir, base := filepath.Split(path)
	temporary := filepath.Join(dir, fmt.Sprintf(".%s.%08x", base, rand.Uint32()))
	f, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	o := &output{Writer: f, file: f, path: path}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		o.abandon()
		os.Exit(130) // as a shell reports an interrupt
	}()
	return o, nil
}

// commit closes the file and puts it in its place.
func (o *output) commit() (err error) {
	o.done.Do(func() {
		if o.file == nil {
			return
		}
		if err = o.file.Close(); err == nil && o.path != "" {
			err = os.Rename(o.file.Name(), o.path)
		}
		if err != nil && o.path != "" {
			os.Remove(o.file.Name())
		}
	})
	return err
}

// abandon closes and removes the file, unless it has been committed.
func (o *output) abandon() {
	o.done.Do(func() {
		if o.file == nil {
			return
		}
		o.file.Close()
		if o.path != "" {
			os.Remove(o.file.Name())
		}
	})
}
