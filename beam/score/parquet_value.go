package score

import (
	"encoding/base64"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func isList(t *format.LogicalType) bool {
	if t == nil {
		return false
	}
	_, ok := t.Value.(*format.ListType)
	return ok
}

// appendText appends a JSON string.
func appendText(b []byte, text string) []byte { return cli.AppendJSON(b, text) }

// appendValue appends a value of a column with this type: numbers, booleans, dates and
// times as text, and bytes that are not text in base64.
func appendValue(b []byte, t parquet.Type, v parquet.Value) ([]byte, error) {
	if v.IsNull() {
		return append(b, "null"...), nil
	}
	if l := t.LogicalType(); l != nil {
		switch l := l.Value.(type) {
		case *format.DecimalType:
			return append(b, decimal(v, int(l.Scale))...), nil
		case *format.DateType:
			return appendText(b, time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)), nil
		case *format.TimestampType:
			return appendText(b, timestamp(v.Int64(), l)), nil
		case *format.IntType:
			if !l.IsSigned && l.BitWidth == 64 {
				return strconv.AppendUint(b, v.Uint64(), 10), nil
			} else if !l.IsSigned {
				return strconv.AppendUint(b, uint64(v.Uint32()), 10), nil
			}
		}
	}
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(b, v.Boolean()), nil
	case parquet.Int32:
		return strconv.AppendInt(b, int64(v.Int32()), 10), nil
	case parquet.Int64:
		return strconv.AppendInt(b, v.Int64(), 10), nil
	case parquet.Int96:
		n := v.Int96()
		const unixDay = 2440588 // the Julian day of 1970-01-01
		return appendText(b, time.Unix((int64(n[2])-unixDay)*86400, int64(n[1])<<32|int64(n[0])).UTC().Format(time.RFC3339Nano)), nil
	case parquet.Float:
		return strconv.AppendFloat(b, float64(v.Float()), 'g', -1, 32), nil
	case parquet.Double:
		return appendDouble(b, v.Double()), nil
	case parquet.ByteArray, parquet.FixedLenByteArray:
		if text := string(v.ByteArray()); utf8.ValidString(text) {
			return appendText(b, text), nil
		}
		return appendText(b, base64.StdEncoding.EncodeToString(v.ByteArray())), nil
	}
	return nil, fmt.Errorf("values of the type %v cannot be read", t)
}

// appendDouble appends the shortest decimal representation of x, unless it would be
// parsed as a float32 that is not the nearest to x. That happens only if x is halfway
// between two float32 and so has at most 25 significant bits; then it appends all digits.
func appendDouble(b []byte, x float64) []byte {
	short := strconv.AppendFloat(b, x, 'g', -1, 64)
	if y := float32(x); float64(y) == x || math.Float64bits(x)&(1<<28-1) != 0 {
		return short
	} else if z, _ := strconv.ParseFloat(string(short[len(b):]), 32); float32(z) == y {
		return short
	}
	return strconv.AppendFloat(b, x, 'e', 200, 64)
}

// decimal returns a number with scale digits after the point.
func decimal(v parquet.Value, scale int) string {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default: // big-endian two's complement
		data := v.ByteArray()
		if n.SetBytes(data); len(data) > 0 && data[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(data))))
		}
	}
	digits, sign := new(big.Int).Abs(n).String(), ""
	if n.Sign() < 0 {
		sign = "-"
	}
	if scale <= 0 {
		return sign + digits
	}
	if short := scale + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	at := len(digits) - scale
	return sign + digits[:at] + "." + digits[at:]
}

// timestamp returns a time as text: with Z if it is in UTC, and otherwise without a zone.
func timestamp(n int64, t *format.TimestampType) string {
	unit := int64(time.Millisecond)
	if t.Unit.Value != nil {
		unit = int64(t.Unit.Value.Duration())
	}
	second := int64(time.Second) / unit
	rest := n % second
	at := time.Unix(n/second, rest*unit).UTC()
	if t.IsAdjustedToUTC {
		return at.Format(time.RFC3339Nano)
	}
	return at.Format("2006-01-02T15:04:05.999999999")
}
