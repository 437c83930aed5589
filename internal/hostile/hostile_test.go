package hostile_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/npy"
)

func models(t *testing.T) [][]byte {
	var files [][]byte
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden = 2, 8
		b, err := s.Model().Append(nil)
		require.NoError(t, err)
		files = append(files, b)
	}
	return files
}

// What is changed must reach the readers: the checksums refuse nothing, and many
// files are read.
func TestHostileModelsPassTheirChecksums(t *testing.T) {
	files := models(t)
	read, others := 0, map[string]bool{}
	const count = 2000
	for i := range count {
		m := hostile.New(i)
		data := m.Model(m.Pick(files), m.Pick(files))
		_, err := format.Read(data)
		if err == nil {
			read++
			others[string(data)] = true
		} else {
			require.NotContains(t, err.Error(), "checksum", "file %d", i)
		}
	}
	require.Greater(t, read, count/5)
	require.Greater(t, len(others), count/10, "the same files again and again")
}

func TestTheSameNumberMakesTheSameFile(t *testing.T) {
	files := models(t)
	for i := range 20 {
		a, b := hostile.New(i), hostile.New(i)
		require.Equal(t, a.Model(a.Pick(files), a.Pick(files)), b.Model(b.Pick(files), b.Pick(files)))
	}
}

func TestFilesThatAreChangedStayAsTheyAre(t *testing.T) {
	files := models(t)
	before := models(t)
	for i := range 200 {
		m := hostile.New(i)
		m.Model(m.Pick(files), m.Pick(files))
		m.Bytes(m.Pick(files), m.Pick(files))
		m.Protobuf(m.Pick(files), m.Pick(files))
		m.Snapshot(m.Pick(files), m.Pick(files))
	}
	require.Equal(t, before, files)
}

func TestHostileArchivesPassTheirChecksums(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, npy.WriteArchive(&b, npy.Array{Name: "a", DType: npy.Float32, Shape: []int{2, 3}, Floats: make([]float32, 6)}))
	read := 0
	for i := range 500 {
		if _, err := npy.ReadArchive(hostile.New(i).ZIP(b.Bytes(), b.Bytes())); err == nil {
			read++
		}
	}
	require.Greater(t, read, 50)
}
