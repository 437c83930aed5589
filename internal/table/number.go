package table

import (
	"bytes"
	"errors"
	"strconv"
)

// ParseNumber returns the number in a field, and whether it is one. A number too large for
// a float32 is an infinity.
func ParseNumber[T float32 | int32](field []byte) (T, bool) {
	if _, integer := any(*new(T)).(int32); integer {
		v, err := strconv.ParseInt(string(field), 10, 32)
		return T(v), err == nil
	}
	for _, c := range field { // bytes.ContainsAny takes nearly as long as ParseFloat
		if c == '_' || c|0x20 == 'x' {
			return 0, false // Go's 1_000 and 0x1p-2 are not numbers in tables
		}
	}
	v, err := strconv.ParseFloat(string(field), 32)
	return T(v), err == nil || errors.Is(err, strconv.ErrRange)
}

// IsDecimalComma reports whether a field is a number with a decimal comma.
func IsDecimalComma(field []byte) bool {
	whole, decimals, found := bytes.Cut(bytes.TrimSpace(field), []byte{','})
	return found && isDigits(bytes.TrimLeft(whole, "+-")) && isDigits(decimals)
}

func isDigits(s []byte) bool {
	return len(s) > 0 && len(bytes.Trim(s, "0123456789")) == 0
}
