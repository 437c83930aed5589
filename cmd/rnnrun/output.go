package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// An output is the standard output, or a file that takes its place only when it
// is whole.
type output struct {
	io.Writer
	file *atomicfile.File // nil: the standard output
}

func openOutput(path string, stdout io.Writer) (*output, error) {
	if path == "-" {
		return &output{Writer: stdout}, nil
	}
	f, err := atomicfile.Create(path)
	if err != nil {
		return nil, err
	}
	o := &output{Writer: f, file: f}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		o.abandon()
		os.Exit(130) // as a shell reports an interrupt
	}()
	return o, nil
}

// commit puts the file in its place.
func (o *output) commit() error {
	if o.file == nil {
		return nil
	}
	return o.file.Commit()
}

// abandon removes the file, unless it has been committed.
func (o *output) abandon() {
	if o.file != nil {
		o.file.Abandon()
	}
}
