package hostile

import (
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
)

// Damage returns damaged copies of a file, each with a description: the file truncated at
// a byte, a flipped bit, a field overwritten with a very large number, or a piece of the
// file moved. Each kind of damage is made at about places offsets, evenly spaced, or at
// all offsets if the file has no more bytes. Sizes and checksums are not corrected.
func Damage(file []byte, places int) iter.Seq2[string, []byte] {
	step := max(len(file)/max(places, 1), 1)
	if step > 1 {
		step |= 1 // odd, so that all offsets within a field occur
	}
	return func(yield func(string, []byte) bool) {
		for at := 0; at < len(file); at += step {
			for _, damage := range damages {
				if b := damage.make(file, at); b != nil && !yield(fmt.Sprintf("%s %d", damage.name, at), b) {
					return
				}
			}
		}
	}
}

// damages are functions that return a copy of a file, damaged at a byte, or nil.
var damages = []struct {
	name string
	make func(file []byte, at int) []byte
}{
	{"cut at byte", func(file []byte, at int) []byte { return slices.Clip(file[:at]) }},
	{"a bit of byte", func(file []byte, at int) []byte {
		b := slices.Clone(file)
		b[at] ^= 1 << (at % 8)
		return b
	}},
	{"all bits from byte", func(file []byte, at int) []byte { return overwritten(file, at, 8, 1<<64-1) }},
	{"2^63-1 at byte", func(file []byte, at int) []byte { return overwritten(file, at, 8, 1<<63-1) }},
	{"2^31 at byte", func(file []byte, at int) []byte { return overwritten(file, at, 4, 1<<31) }},
	{"zeros from byte", func(file []byte, at int) []byte { return overwritten(file, at, 4, 0) }},
	{"a piece left out at byte", func(file []byte, at int) []byte {
		return slices.Delete(slices.Clone(file), at, min(at+16, len(file)))
	}},
	{"a piece of the start at byte", func(file []byte, at int) []byte {
		return slices.Insert(slices.Clone(file), at, file[:min(at, 64)]...)
	}},
}

// overwritten returns a copy of a file with a little-endian number of that many bytes,
// truncated at the end of the file.
func overwritten(file []byte, at, bytes int, number uint64) []byte {
	b := slices.Clone(file)
	copy(b[at:min(at+bytes, len(b))], binary.LittleEndian.AppendUint64(nil, number))
	return b
}
