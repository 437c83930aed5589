package wav

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/internal/message"
)

const (
	tagInteger    = 1
	tagFloat      = 3
	tagExtensible = 0xFFFE

	// streamSize is the smallest size that recorders write if they do not know the size:
	// sox 0x7FFFF000, arecord 0x7FFFFFFF and more, ffmpeg 0xFFFFFFFF.
	streamSize = 0x7FFFF000
)

// header reads up to the data. It returns their format and size; -1: up to the end of the
// input.
func header(r *bufio.Reader) (f Format, size int64, err error) {
	var riff [12]byte
	if _, err := io.ReadFull(r, riff[:]); err != nil {
		return f, 0, cut(err)
	}
	if string(riff[:4]) != "RIFF" || string(riff[8:]) != "WAVE" {
		return f, 0, fmt.Errorf("%w: it does not begin with RIFF and WAVE", ErrFormat)
	}
	for known := false; ; {
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return f, 0, cut(err)
		}
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		switch name := string(b[:4]); {
		case name == "fmt " && !known:
			if f, err = readFormat(r, n); err != nil {
				return f, 0, err
			}
			known = true
		case name == "data" && !known:
			return f, 0, fmt.Errorf("%w: its data come before their format", ErrFormat)
		case name == "data":
			if n == 0 || n >= streamSize {
				n = -1
			}
			return f, n, nil
		default:
			if _, err := io.CopyN(io.Discard, r, n+n%2); err != nil {
				return f, 0, cut(err)
			}
		}
	}
}

// readFormat reads a format chunk of n bytes.
func readFormat(r *bufio.Reader, n int64) (f Format, err error) {
	var b [40]byte
	if n < 16 {
		return f, fmt.Errorf("%w: its format has %s, want at least 16", ErrFormat, message.Count(n, "byte"))
	}
	have := min(n, int64(len(b)))
	if _, err := io.ReadFull(r, b[:have]); err != nil {
		return f, cut(err)
	}
	if _, err := io.CopyN(io.Discard, r, n-have+n%2); err != nil {
		return f, cut(err)
	}
	tag := binary.LittleEndian.Uint16(b[:])
	if tag == tagExtensible && have >= 26 {
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	f.Channels = int(binary.LittleEndian.Uint16(b[2:]))
	f.Rate = int(min(binary.LittleEndian.Uint32(b[4:]), MaxRate+1))
	for e, v := range encodings {
		if bits > 0 && v.bytes*8 == bits && v.float == (tag == tagFloat) && (tag == tagFloat || tag == tagInteger) {
			f.Encoding = Encoding(e)
		}
	}
	if f.Encoding == Unknown {
		return f, fmt.Errorf("%w: tag %d with %d bits; convert it, for instance with: sox IN.wav -b 16 -e signed OUT.wav", ErrEncoding, tag, bits)
	}
	if err := f.validate(); err != nil {
		return f, err
	}
	if align := int(binary.LittleEndian.Uint16(b[12:])); align != f.frame() {
		return f, fmt.Errorf("%w: frames of %s, want %d for %s of %v", ErrFormat, message.Count(align, "byte"), f.frame(), message.Count(f.Channels, "channel"), f.Encoding)
	}
	return f, nil
}

// cut converts the error of a file that ends too early.
func cut(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends before the samples", ErrFormat)
	}
	return err
}

// encodeHeader returns the header before data of that size: 44 bytes, or 58 for floating
// point.
func encodeHeader(f *Format, size int64) []byte {
	tag, extra := uint16(tagInteger), 0
	if encodings[f.Encoding].float {
		tag, extra = tagFloat, 14 // size of an empty extension, and the chunk fact
	}
	stored := uint32(min(size, 0xFFFFFFFF))
	whole := uint32(min(size+size%2+int64(36+extra), 0xFFFFFFFF))
	if size < 0 {
		stored, whole = 0xFFFFFFFF, 0xFFFFFFFF
	}
	le := binary.LittleEndian
	b := append([]byte("RIFF"), make([]byte, 0, 64)...)
	b = le.AppendUint32(b, whole)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, uint32(16+min(extra, 2)))
	b = le.AppendUint16(b, tag)
	b = le.AppendUint16(b, uint16(f.Channels))
	b = le.AppendUint32(b, uint32(f.Rate))
	b = le.AppendUint32(b, uint32(f.Rate*f.frame()))
	b = le.AppendUint16(b, uint16(f.frame()))
	b = le.AppendUint16(b, uint16(f.Encoding.Bytes()*8))
	if extra > 0 {
		b = le.AppendUint16(b, 0)
		b = append(b, "fact"...)
		b = le.AppendUint32(b, 4)
		b = le.AppendUint32(b, stored/uint32(f.frame()))
	}
	b = append(b, "data"...)
	return le.AppendUint32(b, stored)
}
