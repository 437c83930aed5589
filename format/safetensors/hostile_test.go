package safetensors_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Headers that claim or list what takes much more memory than they have bytes.
func TestHostileHeaders(t *testing.T) {
	entry := func(name string, shape string) string {
		return fmt.Sprintf(`"%s":{"dtype":"F32","shape":[%s],"data_offsets":[0,0]}`, name, shape)
	}
	var tensors, properties []string
	for i := range 100000 {
		tensors = append(tensors, entry(fmt.Sprint(i), "0"))
		properties = append(properties, fmt.Sprintf(`"%d":""`, i))
	}
	claimed := file("{}", 0)
	binary.LittleEndian.PutUint64(claimed, 1<<63)
	for _, c := range []struct {
		name    string
		data    []byte
		message string
	}{
		{"many tensors", file("{"+strings.Join(tensors, ",")+"}", 0), "more than 65536 tensors"},
		{"many properties", file(`{"__metadata__":{`+strings.Join(properties, ",")+"}}", 0), "more than 65536 properties"},
		{"a shape of many numbers", file("{"+entry("a", strings.Repeat("1,", 1<<20)+"1")+"}", 0), "a list of more than 64 numbers"},
		{"a shape of large numbers", file("{"+entry("a", strings.Repeat("2147483647,", 20)+"1")+"}", 0), "which its shape"},
		{"a long name", file("{"+entry(strings.Repeat("a", 4<<20), "1")+"}", 0), "which its shape"},
		{"objects in objects", file(strings.Repeat(`{"a":`, 1<<20), 0), "is not one of dtype"},
		{"arrays in arrays", file(`{"a":{"shape":`+strings.Repeat("[", 1<<20), 0), "want a number"},
		{"a header that is not there", claimed, "its length is given as 9223372036854775808 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := safetensors.Read(c.data)
				requireTyped(t, err)
				require.ErrorContains(t, err, c.message)
			})
		})
	}
}

// requireTyped requires a short error of the package.
func requireTyped(t *testing.T, err error) {
	t.Helper()
	var e *network.ImportError
	require.ErrorAs(t, err, &e)
	require.Less(t, len(err.Error()), 1000)
}

// A file that is cut or changed is refused by a typed error, or read.
func TestDamagedFiles(t *testing.T) {
	good := file(`{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]}}`, 28)
	for damage, data := range hostile.Damage(good, len(good)) {
		if _, err := safetensors.Read(data); err != nil {
			requireTyped(t, err)
		} else {
			require.Equal(t, len(good), len(data), damage)
		}
	}
}
