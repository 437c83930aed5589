package benchmark

import (
	"os"
	"path/filepath"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Open opens a model made in memory as if it came from a file, by way of a temporary
// file, so that its weights are in the same kind of memory as a user's: for instance in
// huge pages, if the weights are large and the system has such pages.
func Open(description *format.Model, opts ...rnn.Option) (*rnn.Model, error) {
	dir, err := os.MkdirTemp("", "rnnrun-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // an open model does not need the file
	path := filepath.Join(dir, "model.rnn")
	if err := format.WriteFile(path, description); err != nil {
		return nil, err
	}
	return rnn.Open(path, opts...)
}
