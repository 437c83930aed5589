// Package wav reads and writes sound sample by sample: WAV files, and the raw samples that
// recorders write on pipes.
//
//	RIFF                        little-endian throughout
//	 4  "RIFF"
//	 4  size of what follows
//	 4  "WAVE"
//	    chunks, each padded to an even size:
//	 4  name
//	 4  size
//	    "fmt ":  2  1: integers; 3: floating point; 0xFFFE: what the first two bytes of
//	                the subformat at 24 say
//	             2  channels
//	             4  frames a second
//	             4  bytes a second
//	             2  bytes of a frame
//	             2  bits of a sample: 8 (unsigned), 16, 24, 32; floating point 32, 64
//	    "data":  frames, a sample of each channel
//	    others are skipped
//
// A recorder that writes to a pipe cannot know the size of its data: 0, and sizes from
// 0x7FFFF000 on, mean everything up to the end. A sample is a number from -1 to 1: an
// integer of n bits divided by 2^(n-1), as usual for float32.
package wav

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The reasons why sound cannot be read.
var (
	// ErrFormat: the file is not a WAV file.
	ErrFormat = errors.New("not a WAV file")
	// ErrEncoding: its samples have an unsupported encoding.
	ErrEncoding = errors.New("encoding not read")
	// ErrTruncated: the data end before what the header promises.
	ErrTruncated = errors.New("the file is cut")
)

// An Encoding is how a sample is written.
type Encoding int

// The encodings. Only WAV files have samples of 8 bits and of float64.
const (
	Unknown Encoding = iota
	Uint8
	Int16
	Int24
	Int32
	Float32
	Float64
)

// encodings are the names of recorders (arecord, ffmpeg) and the sizes.
var encodings = [...]struct {
	name  string
	bytes int
	float bool
}{
	Unknown: {"unknown", 0, false},
	Uint8:   {"u8", 1, false},
	Int16:   {"s16", 2, false},
	Int24:   {"s24", 3, false},
	Int32:   {"s32", 4, false},
	Float32: {"f32", 4, true},
	Float64: {"f64", 8, true},
}

// String returns the encoding's name: s16.
func (e Encoding) String() string { return encodings[e].name }

// Bytes returns the bytes of a sample.
func (e Encoding) Bytes() int { return encodings[e].bytes }

// ParseEncoding returns the encoding of a name.
func ParseEncoding(name string) (Encoding, error) {
	for e, v := range encodings {
		if v.name == name && e != int(Unknown) {
			return Encoding(e), nil
		}
	}
	return Unknown, fmt.Errorf("%q: %w: samples may be u8, s16, s24, s32, f32 or f64", clip(name), ErrEncoding)
}

func clip(s string) string { return s[:min(len(s), 20)] }

// A Format describes samples.
type Format struct {
	Encoding Encoding
	Channels int // samples of a frame
	Rate     int // frames a second
}

// The limits of what is read.
const (
	MaxChannels = 64
	MaxRate     = 1 << 20
)

// frame returns the bytes of a frame.
func (f *Format) frame() int { return f.Channels * f.Encoding.Bytes() }

func (f *Format) validate() error {
	switch {
	case f.Encoding <= Unknown || int(f.Encoding) >= len(encodings):
		return ErrEncoding
	case f.Channels < 1 || f.Channels > MaxChannels:
		return fmt.Errorf("%w: it has %s, want 1 to %d", ErrFormat, message.Count(f.Channels, "channel"), MaxChannels)
	case f.Rate < 1 || f.Rate > MaxRate:
		return fmt.Errorf("%w: it has %d samples per second, want 1 to %d", ErrFormat, f.Rate, MaxRate)
	}
	return nil
}
