package main

import (
	"io"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// An output is the standard output, or a file that replaces the old one only when it is
// complete.
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
	return &output{Writer: f, file: f}, nil
}

// commit moves the complete file to its path.
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
