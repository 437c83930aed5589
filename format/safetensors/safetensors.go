// Package safetensors reads and writes the tensors of a .safetensors file:
//
//	u64       length n of the header, little-endian
//	[n]byte   header: a JSON object, optionally with spaces after it
//	…         the tensors' bytes, without gaps
//
// The header has for each tensor's name its dtype, shape, and the offsets of
// its first byte and of the one after its last, counted from the header's end:
//
//	{"__metadata__": {"format": "pt"}, "fc.bias": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
//
// The metadata is text by name. If a name in it is not a tensor's, but its text
// is, then it is a second name of that tensor, as tied weights have.
//
// Elements are little-endian, the last index fastest. Readers refuse what the
// format forbids: gaps, overlaps, names that occur twice, and bytes that belong
// to no tensor.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxHeader is the format's own limit.
const maxHeader = 100_000_000

// elements are the sizes in bytes of the elements of each dtype.
var elements = map[string]int{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1,
	"I16": 2, "U16": 2, "F16": 2, "BF16": 2,
	"I32": 4, "U32": 4, "F32": 4,
	"I64": 8, "U64": 8, "F64": 8, "C64": 8,
}

var floats = map[string]statedict.Float{
	"F64": statedict.FloatF64, "F32": statedict.FloatF32, "F16": statedict.FloatF16, "BF16": statedict.FloatBF16,
}

// Match reports whether data starts as a .safetensors file does.
func Match(data []byte) bool {
	return len(data) >= 10 && binary.LittleEndian.Uint64(data) <= maxHeader &&
		bytes.HasPrefix(bytes.TrimLeft(data[8:], " \t\r\n"), []byte("{"))
}

// Read returns the tensors in the order of their bytes in the file, and then
// those that share the numbers of another. Data is nil for tensors whose
// elements are not floating-point numbers. The error is a
// [*network.ImportError].
func Read(data []byte) ([]statedict.Tensor, error) {
	header, body, err := split(data)
	if err != nil {
		return nil, err
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	tensors, err := readTensors(entries, body)
	if err != nil {
		return nil, err
	}
	return appendShared(tensors, metadata), nil
}

// split returns the header, and the bytes of the tensors.
func split(data []byte) (header, body []byte, err error) {
	if len(data) < 8 {
		return nil, nil, damaged("header", "the file has %s, but the header's length alone has 8", message.Count(len(data), "byte"))
	}
	n, rest := binary.LittleEndian.Uint64(data), data[8:]
	if n > maxHeader || n > uint64(len(rest)) {
		return nil, nil, damaged("header", "its length is given as %s, but the file has %d after it, and at most %d are possible", message.Count(n, "byte"), len(rest), maxHeader)
	}
	return rest[:n], rest[n:], nil
}

// appendShared appends the tensors that the file holds under another name:
// safetensors' save_model stores a tensor that several parameters share once, and
// the metadata has its name for that of each other one.
func appendShared(tensors []statedict.Tensor, metadata []Property) []statedict.Tensor {
	byName := map[string]int{}
	for i := range tensors {
		byName[tensors[i].Name] = i
	}
	for _, p := range metadata {
		_, stored := byName[p.Name]
		if i, ok := byName[p.Value]; ok && !stored {
			t := tensors[i]
			t.Name = p.Name
			tensors = append(tensors, t)
		}
	}
	return tensors
}

func damaged(name, format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, name, format, args...)
}

// readTensors checks that the tensors cover the bytes, and reads them.
func readTensors(entries []entry, data []byte) ([]statedict.Tensor, error) {
	slices.SortStableFunc(entries, func(a, b entry) int {
		if c := compare(a.offsets[0], b.offsets[0]); c != 0 {
			return c
		}
		return compare(a.offsets[1], b.offsets[1])
	})
	end := uint64(0)
	tensors := make([]statedict.Tensor, 0, len(entries))
	for _, e := range entries {
		from, to := e.offsets[0], e.offsets[1]
		switch {
		case from > to || to > uint64(len(data)):
			return nil, damaged(e.name, "its bytes are %d to %d of %d", from, to, len(data))
		case from < end:
			return nil, damaged(e.name, "it starts at byte %d, but the tensor before it ends at %d: they overlap", from, end)
		case from > end:
			return nil, damaged(e.name, "it starts at byte %d, but the tensor before it ends at %d: there is a gap", from, end)
		}
		t, err := e.read(data[from:to])
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, t)
		end = to
	}
	if end != uint64(len(data)) {
		return nil, damaged("data", "%s after the last tensor", message.Count(uint64(len(data))-end, "byte"))
	}
	return tensors, nil
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// read reads the tensor whose bytes are b.
func (e *entry) read(b []byte) (statedict.Tensor, error) {
	t := statedict.Tensor{Name: e.name, DType: e.dtype, Shape: e.shape}
	size, ok := elements[e.dtype]
	if !ok {
		return t, network.Refuse(network.ErrUnsupported, e.name, "its dtype %q is not known", e.dtype)
	}
	if n, ok := statedict.Numbers(e.shape, int64(len(b))); !ok || n*int64(size) != int64(len(b)) {
		return t, damaged(e.name, "it has %s, which its shape %s of %s does not fill", message.Count(len(b), "byte"), fmt.Sprint(e.shape), e.dtype)
	}
	f, ok := floats[e.dtype]
	if !ok || len(b) == 0 {
		return t, nil
	}
	t.Data = f.Decode(b)
	return t, nil
}
