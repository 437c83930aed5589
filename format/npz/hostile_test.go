package npz_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/npz"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Archives that unpack to much, or claim it.
func TestHostileArchives(t *testing.T) {
	fortran := func(descr, shape, data string) string {
		return strings.Replace(array(descr, shape, data), "'fortran_order': False", "'fortran_order': True ", 1)
	}
	zeros := func(n int) string { return string(make([]byte, n)) }
	var members []string
	for i := range 20000 {
		members = append(members, fmt.Sprintf("%d.npy", i), array("<f4", "(0,)", ""))
	}
	sized := archive(t, zip.Deflate, "a.npy", array("<f4", "(1000,)", zeros(4000)))
	at := bytes.Index(sized, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(sized[at+24:], 1<<32-2) // its size, in the directory
	for _, c := range []struct {
		name    string
		data    []byte
		message string
	}{
		{"zeros", archive(t, zip.Deflate, "a.npy", array("<f4", "(16777216,)", zeros(64<<20))), "too large for its size"},
		{"bytes, which become more", archive(t, zip.Deflate, "a.npy", array("|u1", "(10000000,)", zeros(10<<20))), "too large for its size"},
		{"arrays in Fortran's order", archive(t, zip.Deflate, "a.npy", fortran("<f4", "(2048, 1024)", zeros(8<<20))), "too large for its size"},
		{"an array in Fortran's order that is not there", archive(t, zip.Store, "a.npy", fortran("<f4", "(16384, 16384)", "")), "too large for its size"},
		{"many small ones", archive(t, zip.Deflate, "a.npy", array("<f4", "(2097152,)", zeros(8<<20)), "b.npy", array("<f4", "(2097152,)", zeros(8<<20))), "too large for its size"},
		{"an array that is not there", archive(t, zip.Store, "a.npy", array("<f4", "(500000000,)", "")), "truncated"},
		{"a size that is not there", sized, "checksum error"},
		{"a shape of many numbers", archive(t, zip.Store, "a.npy", array("<f4", "("+strings.Repeat("1, ", 1000)+")", "")), "a.npy"},
		{"a shape in shapes", archive(t, zip.Store, "a.npy", array("<f4", strings.Repeat("(", 3000), "")), "a.npy"},
		{"many members", archive(t, zip.Store, members...), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := npz.Read(c.data)
				if c.message == "" {
					require.NoError(t, err)
					return
				}
				var e *network.ImportError
				require.ErrorAs(t, err, &e)
				require.ErrorContains(t, err, c.message)
				require.Less(t, len(err.Error()), 1000)
			})
		})
	}
}

// An archive that is cut or changed is refused by a typed error, or read.
func TestDamagedArchives(t *testing.T) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		good := archive(t, method, "r.weight_ih.npy", array("<f8", "(1, 1)", string(make([]byte, 8))), "r.weight_hh.npy", array(">i2", "(1, 1)", "\x00\x01"))
		for damage, data := range hostile.Damage(good, len(good)) {
			_, err := npz.Read(data)
			require.True(t, err == nil || errors.As(err, new(*network.ImportError)), "%s: %v", damage, err)
		}
	}
}
