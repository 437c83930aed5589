package npy

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Package archive/zip would link the compressor and 130 kB into a program that reads
// arrays on a device. A .npz file needs little of it: stored or deflated members,
// each below 4 GiB, in one file.

const (
	localSignature     = "PK\x03\x04"
	memberSignature    = "PK\x01\x02"
	directorySignature = "PK\x05\x06"

	localSize     = 30 // bytes of the fixed parts
	memberSize    = 46
	directorySize = 22

	stored   = 0
	deflated = 8

	needsZip64 = 1<<32 - 1 // stands for a size or an offset that is written elsewhere
)

// A zipMember is a file in a ZIP archive.
type zipMember struct {
	name           string
	method, flags  uint16
	checksum, size uint32
	data           []byte // as the archive has it
}

// errZip returns the error of a damaged archive.
func errZip(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errArchive, fmt.Sprintf(format, args...))
}

// readZip returns the members of a ZIP archive in the order of its directory.
func readZip(data []byte) ([]zipMember, error) {
	end := bytes.LastIndex(data, []byte(directorySignature))
	if end < 0 || len(data)-end < directorySize {
		return nil, errZip("it has no directory")
	}
	number := func(at int) int64 { return int64(binary.LittleEndian.Uint32(data[end+at:])) }
	count := int(binary.LittleEndian.Uint16(data[end+10:]))
	size, start := number(12), number(16)
	if start == needsZip64 || size == needsZip64 || count == 1<<16-1 {
		return nil, fmt.Errorf("%w: a ZIP archive of 4 GiB or 65535 members", ErrUnsupported)
	}
	base := int64(end) - size - start // bytes before the archive
	if base < 0 {
		return nil, errZip("its directory of %d bytes at byte %d goes beyond its end", size, start)
	}
	directory, archive := data[base+start:end], data[base:end]
	var members []zipMember
	for range count {
		m, length, err := readZipMember(archive, directory)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
		directory = directory[length:]
	}
	return members, nil
}

// readZipMember returns the member of the directory's first entry, and the entry's
// length.
func readZipMember(archive, directory []byte) (m zipMember, length int, err error) {
	if len(directory) < memberSize || string(directory[:4]) != memberSignature {
		return m, 0, errZip("its directory is cut short")
	}
	short := func(at int) int { return int(binary.LittleEndian.Uint16(directory[at:])) }
	long := func(at int) uint32 { return binary.LittleEndian.Uint32(directory[at:]) }
	length = memberSize + short(28) + short(30) + short(32)
	if length > len(directory) {
		return m, 0, errZip("its directory is cut short")
	}
	m = zipMember{
		name:  string(directory[memberSize:][:short(28)]),
		flags: uint16(short(8)), method: uint16(short(10)),
		checksum: long(16), size: long(24),
	}
	packed, offset := int64(long(20)), int64(long(42))
	if packed == needsZip64 || m.size == needsZip64 || offset == needsZip64 {
		return m, 0, fmt.Errorf("%w: the member %q of 4 GiB", ErrUnsupported, m.name)
	}
	if offset+localSize > int64(len(archive)) || string(archive[offset:][:4]) != localSignature {
		return m, 0, errZip("the member %q is not where its directory says", m.name)
	}
	local := archive[offset:]
	skip := localSize + int64(binary.LittleEndian.Uint16(local[26:])) + int64(binary.LittleEndian.Uint16(local[28:]))
	if skip+packed > int64(len(local)) {
		return m, 0, errZip("the member %q is cut short", m.name)
	}
	m.data = local[skip:][:packed]
	return m, length, nil
}

// open returns a reader of the member's contents, which compares their checksum at
// the end.
func (m *zipMember) open() (io.Reader, error) {
	c := &zipContents{member: m}
	switch {
	case m.flags&1 != 0:
		return nil, fmt.Errorf("%w: it is encrypted", ErrUnsupported)
	case m.method == stored:
		c.r = bytes.NewReader(m.data)
	case m.method == deflated:
		c.r = flate.NewReader(bytes.NewReader(m.data))
	default:
		return nil, fmt.Errorf("%w: compression method %d; save it with numpy.savez", ErrUnsupported, m.method)
	}
	return c, nil
}

var errChecksum = errors.New("checksum error")

type zipContents struct {
	member   *zipMember
	r        io.Reader
	checksum uint32
	size     int64
}

func (c *zipContents) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.checksum = crc32.Update(c.checksum, crc32.IEEETable, b[:n])
	c.size += int64(n)
	if err == io.EOF && (c.checksum != c.member.checksum || c.size != int64(c.member.size)) {
		err = errChecksum
	}
	return n, err
}

// A zipWriter writes a ZIP archive of stored members.
type zipWriter struct {
	w         io.Writer
	offset    int64
	count     int
	directory []byte
}

// add adds a member.
func (z *zipWriter) add(name string, contents []byte) error {
	le := binary.LittleEndian
	var common []byte                             // to both headers
	common = le.AppendUint16(common, 20)          // the version of the format, 2.0
	common = le.AppendUint16(common, 1<<11)       // the name is UTF-8
	common = le.AppendUint16(common, stored)      //
	common = le.AppendUint32(common, 1<<21|1<<16) // 1 January 1980, so that equal arrays give equal bytes
	common = le.AppendUint32(common, crc32.ChecksumIEEE(contents))
	common = le.AppendUint32(common, uint32(len(contents)))
	common = le.AppendUint32(common, uint32(len(contents)))
	common = le.AppendUint16(common, uint16(len(name)))
	common = le.AppendUint16(common, 0) // further fields

	z.directory = append(z.directory, memberSignature...)
	z.directory = le.AppendUint16(z.directory, 20) // the version that wrote it
	z.directory = append(z.directory, common...)
	z.directory = append(z.directory, make([]byte, 10)...) // comment, disk, attributes
	z.directory = le.AppendUint32(z.directory, uint32(z.offset))
	z.directory = append(z.directory, name...)
	z.count++
	if z.offset += int64(localSize + len(name) + len(contents)); z.offset+int64(len(z.directory)) >= needsZip64 {
		return fmt.Errorf("%w: an archive of 4 GiB", ErrUnsupported)
	}
	local := append(append([]byte(localSignature), common...), name...)
	if _, err := z.w.Write(local); err != nil {
		return err
	}
	_, err := z.w.Write(contents)
	return err
}

// close writes the directory.
func (z *zipWriter) close() error {
	le := binary.LittleEndian
	b := append(z.directory, directorySignature...)
	b = le.AppendUint32(b, 0) // disks
	b = le.AppendUint16(b, uint16(z.count))
	b = le.AppendUint16(b, uint16(z.count))
	b = le.AppendUint32(b, uint32(len(z.directory)))
	b = le.AppendUint32(b, uint32(z.offset))
	b = le.AppendUint16(b, 0) // comment
	_, err := z.w.Write(b)
	return err
}
