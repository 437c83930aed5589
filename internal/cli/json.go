package cli

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

// An Object is a JSON object: alternating names and values, in order.
type Object []any

// An Array is a JSON array.
type Array []any

// AppendJSON appends the JSON text of v to b. v is nil, a bool, string, int, int64, uint64,
// float32, float64, [Object], [Array], []string or []float32. NaN and infinities become
// null. (The package encoding/json would add 200 kB to the device's binary.)
func AppendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return appendString(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case float32:
		return appendFloat(b, float64(v), 32)
	case float64:
		return appendFloat(b, v, 64)
	case Object:
		b = append(b, '{')
		for i := 0; i < len(v); i += 2 {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, v[i].(string)), ':')
			b = AppendJSON(b, v[i+1])
		}
		return append(b, '}')
	case Array:
		return appendArray(b, v)
	case []string:
		return appendArray(b, v)
	case []float32:
		return appendArray(b, v)
	}
	panic(fmt.Sprintf("no JSON for a %T", v))
}

func appendArray[T any](b []byte, values []T) []byte {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSON(b, v)
	}
	return append(b, ']')
}

func appendFloat(b []byte, v float64, bits int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// WriteJSON writes the JSON text of v, as in [AppendJSON], and a newline.
func WriteJSON(w io.Writer, v any) error {
	_, err := w.Write(append(AppendJSON(nil, v), '\n'))
	return err
}

// appendString quotes s, without control characters. Invalid UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case steers(r):
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
