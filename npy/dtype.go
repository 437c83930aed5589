package npy

import "fmt"

// A DType is the type of an array's elements.
type DType struct {
	// Kind is NumPy's letter: 'f' float, 'i' signed, 'u' unsigned, 'b' boolean.
	Kind byte
	// Size is the number of bytes of an element.
	Size int
	// BigEndian is set if the most significant byte comes first.
	BigEndian bool
}

// The types that are written.
var (
	Float32 = DType{Kind: 'f', Size: 4}
	Int32   = DType{Kind: 'i', Size: 4}
)

// String returns NumPy's name of the type, such as "<f4".
func (d DType) String() string {
	order := byte('<')
	switch {
	case d.Size == 1:
		order = '|'
	case d.BigEndian:
		order = '>'
	}
	return fmt.Sprintf("%c%c%d", order, d.Kind, d.Size)
}

// Integer reports whether every element is a whole number.
func (d DType) Integer() bool { return d.Kind != 'f' }

// parseDType reads NumPy's name of a type. The host's byte order '=' is read as
// little-endian, since every host that wrote such a file was.
func parseDType(s string) (DType, error) {
	if len(s) == 3 {
		d := DType{Kind: s[1], Size: int(s[2] - '0'), BigEndian: s[0] == '>'}
		order := s[0] == '<' || s[0] == '>' || s[0] == '=' || s[0] == '|' && d.Size == 1
		if order && d.readable() {
			return d, nil
		}
	}
	return DType{}, fmt.Errorf("%w: elements of type %q%s; convert them with numpy's astype('<f4') or astype('<i4')",
		ErrUnsupported, s, meaning(s))
}

// meaning describes a type that is not supported.
func meaning(s string) string {
	kind := byte(0)
	if len(s) > 1 {
		kind = s[1]
	}
	switch kind {
	case 'O':
		return " (Python objects, such as a list of arrays)"
	case 'U', 'S', 'a':
		return " (text)"
	case 'c':
		return " (complex numbers)"
	case 'M', 'm':
		return " (times)"
	case 'V':
		return " (bytes without a type; bfloat16 is saved so, too)"
	case 'f':
		return " (a float of another size than 2, 4 or 8 bytes)"
	}
	return ""
}

func (d DType) readable() bool {
	switch d.Kind {
	case 'f':
		return d.Size == 2 || d.Size == 4 || d.Size == 8
	case 'i', 'u':
		return d.Size == 1 || d.Size == 2 || d.Size == 4 || d.Size == 8
	case 'b':
		return d.Size == 1
	}
	return false
}
