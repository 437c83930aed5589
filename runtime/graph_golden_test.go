package runtime_test

import (
	_ "embed"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

var update = flag.Bool("update", false, "write testdata anew")

// graphHashes has a line for each seed: the hash of the file of its random graph, and that
// of its outputs.
//
//go:embed testdata/graphs.txt
var graphHashes string

// The hashes hold for every device and kernel set, in every number format: the random
// graphs have every pair of ops. If the hashes of the files change, too, modeltest
// makes other graphs; otherwise the arithmetic has changed.
func TestGraphsHaveTheSameBitsOnEveryDevice(t *testing.T) {
	want := strings.Split(graphHashes, "\n")
	var written strings.Builder
	for i, seed := range modeltest.GraphSeeds() {
		for _, set := range kerneltest.Sets() {
			d, m := newGraph(t, seed, set.Name())
			in := newGraphInput(rand.New(rand.NewPCG(seed, 1)), d.Graph, 1+int(seed%9))
			file, err := d.Append(nil)
			require.NoError(t, err)
			got := fmt.Sprintf("%016x %016x", hashOf(file), hashOf(bytesOf(runAll(t, m, in))))
			if *update {
				fmt.Fprintln(&written, got)
				break
			}
			require.Equal(t, want[i], got, "seed %d on %s", seed, set.Name())
		}
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/graphs.txt", []byte(written.String()), 0o644))
	}
}

func hashOf(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}

func bytesOf(bits []uint32) (b []byte) {
	for _, v := range bits {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}
