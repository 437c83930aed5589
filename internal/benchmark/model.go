package benchmark

import (
	"os"
	"path/filepath"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Open opens a model that was made in memory as if from a file, so that its
// weights are in the same kind of memory as a user's: for instance in huge
// pages, if they are large and the system has such pages. The file is a
// temporary one.
func Open(description *format.Model, opts ...rnn.Option) (*rnn.Model, error) {
	dir, err := os.MkdirTemp("", "rnnrun-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // an open model does not need its name
	path := filepath.Join(dir, "model.rnn")
	if err := format.WriteFile(path, description); err != nil {
		return nil, err
	}
	return rnn.Open(path, opts...)
}
