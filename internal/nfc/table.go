package nfc

// Tables are strings of little-endian numbers: a variable would be in memory that can
// be written to.
type (
	wide   string // of 64 bits
	narrow string // of 16 bits
)

func (t wide) len() int { return len(t) / 8 }

func (t wide) at(i int) uint64 {
	s := t[8*i:][:8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func (t narrow) len() int { return len(t) / 2 }

func (t narrow) at(i int) int { return int(t[2*i]) | int(t[2*i+1])<<8 }
