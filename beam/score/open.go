package score

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/fileio"
)

// A kind is the format of a file.
type kind int

const (
	lines kind = iota
	table
	objects
	parquetRows
)

// kindOf returns the kind of a file by its name.
func kindOf(name string) kind {
	switch strings.ToLower(path.Ext(strings.TrimSuffix(name, ".gz"))) {
	case ".csv", ".tsv":
		return table
	case ".jsonl", ".ndjson":
		return objects
	case ".parquet":
		return parquetRows
	}
	return lines
}

// A content is the text of a file. Rows of Parquet become JSON lines. It distinguishes a
// failure of the file system, after which the bundle may be retried, from an invalid
// file.
type content struct {
	io.Reader
	file   io.Closer
	failed error
}

// open opens a file.
func open(ctx context.Context, f fileio.ReadableFile) (*content, error) {
	name := f.Metadata.Path
	if kindOf(name) == parquetRows {
		data, err := f.Read(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r := rowsOf(data)
		return &content{Reader: r, file: r}, nil
	}
	r, err := f.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &content{file: r}
	c.Reader = bufio.NewReader(watched{r, &c.failed})
	return c, nil
}

func (c *content) Close() error { return c.file.Close() }

// A watched records the errors of a reader.
type watched struct {
	io.Reader
	failed *error
}

func (w watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if err != nil && err != io.EOF {
		*w.failed = err
	}
	return n, err
}
