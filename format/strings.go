package format

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A stringTable is the body of a section of strings: their number, the place
// where each ends, and their bytes.
type stringTable struct {
	count int
	ends  []byte // [count] uint32
	bytes []byte
}

// readStringTable reads a section of strings, which may be absent.
func readStringTable(s *sections, tag string) (stringTable, error) {
	return parseStringTable(tag, 0, s.body(tag), false)
}

// parseStringTable reads the strings that fill a section from byte at on. No
// bytes are no strings. Only if empty is set may a string be empty.
func parseStringTable(tag string, at int64, b []byte, empty bool) (stringTable, error) {
	if len(b) == 0 {
		return stringTable{}, nil
	}
	if len(b) < 4 {
		return stringTable{}, fail(ErrCorrupt, tag, at, "%s, want at least 4", message.Count(len(b), "byte"))
	}
	n := binary.LittleEndian.Uint32(b)
	if n == 0 || uint64(n) > uint64(len(b)-4)/4 {
		return stringTable{}, fail(ErrCorrupt, tag, at, "%s, want 1 or more that fit in %s", message.Count(n, "string"), message.Count(len(b), "byte"))
	}
	t := stringTable{count: int(n), ends: b[4:][:4*int(n)]}
	t.bytes = b[4+len(t.ends):]
	start := uint32(0)
	for i := range t.count {
		end := binary.LittleEndian.Uint32(t.ends[4*i:])
		if end < start || end == start && !empty || uint64(end) > uint64(len(t.bytes)) {
			return stringTable{}, fail(ErrCorrupt, tag, at+int64(4+4*i), "string %d from byte %d to byte %d of %d: it is empty or outside", i, start, end, len(t.bytes))
		}
		start = end
	}
	if int(start) != len(t.bytes) {
		return stringTable{}, fail(ErrCorrupt, tag, at+int64(4+len(t.ends))+int64(start), "%s after the last string", message.Count(len(t.bytes)-int(start), "byte"))
	}
	return t, nil
}

// at returns string i, in place.
func (t *stringTable) at(i int) string {
	start := uint32(0)
	if i > 0 {
		start = binary.LittleEndian.Uint32(t.ends[4*(i-1):])
	}
	return text(t.bytes[start:binary.LittleEndian.Uint32(t.ends[4*i:])])
}

// readStrings reads a section of exactly want strings, which may be absent.
func readStrings(s *sections, tag string, want int) ([]string, error) {
	t, err := readStringTable(s, tag)
	if err != nil || t.count == 0 {
		return nil, err
	}
	if t.count != want {
		return nil, fail(ErrInvalid, tag, 0, "%s, but the model has %d", message.Count(t.count, "string"), want)
	}
	return t.all(), nil
}

// all returns all strings, in place.
func (t *stringTable) all() []string {
	list := make([]string, t.count)
	for i := range list {
		list[i] = t.at(i)
	}
	return list
}

// appendStrings appends the body of a section of strings.
func appendStrings(b []byte, list []string) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(list)))
	end := uint32(0)
	for _, s := range list {
		end += uint32(len(s))
		b = binary.LittleEndian.AppendUint32(b, end)
	}
	for _, s := range list {
		b = append(b, s...)
	}
	return b
}

// validateStrings refuses empty strings, and lists too long for a table.
func validateStrings(tag string, list []string) error {
	total := int64(0)
	for i, s := range list {
		if s == "" {
			return fail(ErrInvalid, tag, 0, "string %d is empty", i)
		}
		total += int64(len(s))
	}
	if total > math.MaxUint32 {
		return fail(ErrInvalid, tag, 0, "%s of strings, want at most %d", message.Count(total, "byte"), uint32(math.MaxUint32))
	}
	return nil
}

// duplicate returns the first two of n places with the same string. Its hash set takes 8 to 16 bytes per string; a Go
// map would take 40.
func duplicate(n int, at func(i int) string) (i, j int, found bool) {
	size := 2
	for size < 2*n {
		size *= 2
	}
	slots := make([]int32, size) // 1 + index of a string
	seed := maphash.MakeSeed()
	for j := range n {
		s := at(j)
		k := int(maphash.String(seed, s)) & (size - 1)
		for ; slots[k] != 0; k = (k + 1) & (size - 1) {
			if i := int(slots[k]) - 1; at(i) == s {
				return i, j, true
			}
		}
		slots[k] = int32(j + 1)
	}
	return 0, 0, false
}

// quote quotes a string for a message, and cuts it short.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}

// validateUnique refuses n strings of which two are equal.
func validateUnique(tag string, n int, at func(i int) string) error {
	if i, j, found := duplicate(n, at); found {
		return fail(ErrInvalid, tag, 0, "strings %d and %d are both %s", i, j, quote(at(j)))
	}
	return nil
}
