package hostile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// ZIP returns a hostile archive: file with a change in a member, and with correct sizes
// and checksums of the member. Some of the changes use pieces of other's members.
func (m Maker) ZIP(file, other []byte) []byte {
	members, donors := read(file), read(other)
	if len(members) == 0 {
		return m.Bytes(file, other)
	}
	i := m.IntN(len(members))
	donor := members[m.IntN(len(members))]
	if len(donors) > 0 {
		donor = donors[m.IntN(len(donors))]
	}
	switch m.IntN(12) {
	case 0:
		members = slices.Delete(members, i, i+1)
	case 1:
		members = append(members, donor)
	case 2:
		members[i].name = string(m.Bytes([]byte(members[i].name), []byte(donor.name)))
	case 3:
		members[i].data = donor.data
	default:
		members[i].data = m.Bytes(members[i].data, donor.data)
	}
	b := write(members)
	if m.IntN(16) == 0 {
		b = m.change(b, other) // change the directory, a local header or a checksum
	}
	return b
}

// A member is a member of an archive.
type member struct {
	name string
	data []byte
}

func read(file []byte) []member {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil
	}
	var list []member
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil
		}
		list = append(list, member{f.Name, data})
	}
	return list
}

// write returns an archive of the members, without compression.
func write(members []member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		// Writing to a buffer never fails, and a member with a name that is too long is
		// left out.
		if w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Store}); err == nil {
			_, _ = w.Write(m.data)
		}
	}
	_ = z.Close()
	return b.Bytes()
}

// Safetensors returns a hostile safetensors file: file with changes in its header or its
// numbers, and with the correct size of the header.
func (m Maker) Safetensors(file, other []byte) []byte {
	n := min(binary.LittleEndian.Uint64(file), uint64(len(file)-8))
	header, body := file[8:8+n], file[8+n:]
	if m.IntN(4) == 0 {
		body = m.Bytes(body, other)
	} else {
		header = m.Bytes(header, other)
	}
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), body...)
}
