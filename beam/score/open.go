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

// A kind is how a file's records are written.
type kind int

const (
	lines kind = iota
	table
	objects
	parquetRows
)

// kindOf returns the kind that a name tells.
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

// A content is the text of a file. Rows of Parquet are lines of JSON. It tells a failure of the
// file system, after which a bundle may be tried again, from a file that is not right.
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

// A watched notes the failures of a reader.
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
