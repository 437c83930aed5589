package onnx

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
)

// A place is the location of a tensor's data in another file.
type place struct {
	location       string // path of the file, relative to the model's folder
	offset, length string // decimal; empty: 0, and everything up to the file's end
}

// property reads a property of the place.
func (p *place) property(f protobuf.Field) error {
	b, err := f.Bytes()
	if err != nil {
		return err
	}
	var key, value string
	err = protobuf.ReadFields("StringStringEntryProto", b, 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&key)
		case 2:
			return f.Text(&value)
		}
		return f.Unknown()
	})
	switch key {
	case "location":
		p.location = value
	case "offset":
		p.offset = value
	case "length":
		p.length = value
	}
	return err
}

// external are the files beside a model's file that hold data of its tensors.
type external struct {
	folder fs.FS // nil: no files can be read
	read   int64 // bytes so far
	limit  int64 // of read: a small multiple of the sizes of the files
	known  map[string]bool
}

// bytes returns a tensor's data at its place.
func (e *external) bytes(tensor string, p place) ([]byte, error) {
	fail := func(reason error, format string, args ...any) ([]byte, error) {
		return nil, tensorError(tensor, reason, format, args...)
	}
	name := path.Clean(strings.TrimPrefix(p.location, "./"))
	switch {
	case e.folder == nil:
		return fail(network.ErrUnsupported, "its data is in another file, %s: give the model as a file in the same folder, or save it as one file", quote(p.location))
	case !fs.ValidPath(name) || name == "." || strings.Contains(name, "\\"):
		return fail(network.ErrUnsupported, "its data is in %s, which is not a file in the model's folder", quote(p.location))
	}
	info, err := fs.Stat(e.folder, name) // before opening it: opening a pipe may block for ever
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(network.ErrUnsupported, "its data is in %s, which is not in the model's folder: copy that file beside the model's", quote(p.location))
	case err != nil:
		return fail(network.ErrUnsupported, "its data lies in %s: %v", quote(p.location), err)
	case !info.Mode().IsRegular():
		return fail(network.ErrUnsupported, "its data is in %s, which is not a regular file", quote(p.location))
	}
	file, err := e.folder.Open(name)
	if err != nil {
		return fail(network.ErrUnsupported, "its data lies in %s: %v", quote(p.location), err)
	}
	defer file.Close()
	at, err1 := decimal(p.offset, 0)
	n, err2 := decimal(p.length, info.Size()-at)
	if err1 != nil || err2 != nil || at > info.Size() || n < 0 || n > info.Size()-at {
		return fail(network.ErrDamaged, "its data is bytes %q on, %q of them, of %s, which has %d", p.offset, p.length, quote(p.location), info.Size())
	}
	if !e.known[name] {
		if e.known == nil {
			e.known = map[string]bool{}
		}
		e.known[name] = true
		e.limit += 4 * info.Size()
	}
	// Tensors may share data, but not without limit.
	if e.read += n; e.read > e.limit {
		return fail(network.ErrDamaged, "with it the tensors have more than four times the data of the files that they lie in")
	}
	b := make([]byte, n)
	if r, ok := file.(io.ReaderAt); ok {
		_, err = r.ReadAt(b, at)
	} else if _, err = io.CopyN(io.Discard, file, at); err == nil {
		_, err = io.ReadFull(file, b)
	}
	if err != nil && !(errors.Is(err, io.EOF) && n == 0) {
		return fail(network.ErrDamaged, "%s: %v", quote(p.location), err)
	}
	return b, nil
}

// decimal returns a decimal number of at least 0, or the default if there is
// none.
func decimal(s string, usual int64) (int64, error) {
	if s == "" {
		return usual, nil
	}
	v, err := strconv.ParseUint(s, 10, 63)
	return int64(v), err
}
