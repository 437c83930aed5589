// Package wav reads and writes sound sample by sample: WAV files, and the raw samples
// that recorders write to pipes.
//
//	RIFF                        little-endian throughout
//	 4  "RIFF"
//	 4  size of the rest
//	 4  "WAVE"
//	    chunks, each padded to an even size:
//	 4  name
//	 4  size
//	    "fmt ":  2  1: integers; 3: floating point; 0xFFFE: one of these, in the
//	                first two bytes of the subformat at 24
//	             2  channels
//	             4  frames per second
//	             4  bytes per second
//	             2  bytes per frame
//	             2  bits per sample: 8 (unsigned), 16, 24, 32; floating point 32, 64
//	    "data":  frames, each with a sample of each channel
//	    other chunks are skipped
//
// A recorder that writes to a pipe does not know the size of its data: a size of 0, or
// from 0x7FFFF000 on, means up to the end of the input. A sample is a number from -1 to
// 1: an integer of n bits divided by 2^(n-1), as usual for float32.
package wav

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The reasons why sound cannot be read.
var (
	// ErrFormat means that the file is not a WAV file.
	ErrFormat = errors.New("not a WAV file")
	// ErrEncoding means that the samples have an unsupported encoding.
	ErrEncoding = errors.New("unsupported encoding")
	// ErrTruncated means that the data end before the size in the header.
	ErrTruncated = errors.New("the file is truncated")
)

// An Encoding is the encoding of a sample.
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

// encodings are the names that recorders (arecord, ffmpeg) use, and the sizes.
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

// Bytes returns the size of a sample in bytes.
func (e Encoding) Bytes() int { return encodings[e].bytes }

// ParseEncoding returns the encoding with a name.
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
	Channels int // samples per frame
	Rate     int // frames per second
}

// The limits of the formats that are read.
const (
	MaxChannels = 64
	MaxRate     = 1 << 20
)

// frame returns the size of a frame in bytes.
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
