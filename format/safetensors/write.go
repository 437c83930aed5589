package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/internal/message"
)

// alignment is the alignment of the tensors' first byte, as in safetensors' own
// writer.
const alignment = 8

// A Property is a named text that describes the file as a whole.
type Property struct{ Name, Value string }

// Marshal returns a file with tensors of the types F32 and F16, and with properties.
// F32 tensors come first, so that all are aligned. No two tensors may have the same
// name.
func Marshal(tensors []statedict.Tensor, properties ...Property) ([]byte, error) {
	tensors = slices.Clone(tensors)
	slices.SortStableFunc(tensors, func(a, b statedict.Tensor) int { return strings.Compare(b.DType, a.DType) })
	var header strings.Builder
	header.WriteString(`{"__metadata__":{`)
	for i, p := range properties {
		if i > 0 {
			header.WriteByte(',')
		}
		fmt.Fprintf(&header, "%s:%s", quoted(p.Name), quoted(p.Value))
	}
	header.WriteByte('}')
	end := 0
	for i := range tensors {
		t := &tensors[i]
		size, ok := map[string]int{"F32": 4, "F16": 2}[t.DType]
		if !ok {
			return nil, fmt.Errorf("tensor %s: the type %q is not written", t.Name, t.DType)
		}
		if n, ok := statedict.Numbers(t.Shape, math.MaxInt32); !ok || n != int64(len(t.Data)) {
			return nil, fmt.Errorf("tensor %s: %s of the shape %v", t.Name, message.Count(len(t.Data), "number"), t.Shape)
		}
		shape, err := json.Marshal(append([]int{}, t.Shape...))
		if err != nil {
			return nil, err
		}
		from := end
		end += size * len(t.Data)
		fmt.Fprintf(&header, `,%s:{"dtype":%q,"shape":%s,"data_offsets":[%d,%d]}`, quoted(t.Name), t.DType, shape, from, end)
	}
	header.WriteByte('}')
	for header.Len()%alignment != 0 {
		header.WriteByte(' ')
	}
	file := make([]byte, 0, 8+header.Len()+end)
	file = binary.LittleEndian.AppendUint64(file, uint64(header.Len()))
	file = append(file, header.String()...)
	for i := range tensors {
		half := tensors[i].DType == "F16"
		for _, v := range tensors[i].Data {
			if half {
				file = binary.LittleEndian.AppendUint16(file, binary16.Round(v))
			} else {
				file = binary.LittleEndian.AppendUint32(file, math.Float32bits(v))
			}
		}
	}
	return file, nil
}

// quoted returns a text as JSON.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a text cannot fail
	return string(b)
}

// Metadata returns the properties of a file. The error is a [*network.ImportError].
func Metadata(data []byte) ([]Property, error) {
	header, _, err := split(data)
	if err != nil {
		return nil, err
	}
	_, metadata, err := parseHeader(header)
	return metadata, err
}
