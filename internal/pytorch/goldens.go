package pytorch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// Goldens are PyTorch's results: float64 arrays by name.
type Goldens map[string][]float64

// Read reads two files in a folder: goldens.txt, with a line of name and length for each
// array, and goldens.bin, with their little-endian numbers in that order.
func Read(folder string) (Goldens, error) {
	index, err := os.ReadFile(filepath.Join(folder, "goldens.txt"))
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(folder, "goldens.bin"))
	if err != nil {
		return nil, err
	}
	goldens := Goldens{}
	for line := range bytes.Lines(index) {
		var name string
		var n int
		if _, err := fmt.Sscan(string(line), &name, &n); err != nil {
			return nil, fmt.Errorf("goldens.txt: line %q: %w", line, err)
		}
		if len(data)/8 < n {
			return nil, fmt.Errorf("goldens.bin ends within %s", name)
		}
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		goldens[name], data = values, data[8*n:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("goldens.bin has %d bytes more than goldens.txt lists", len(data))
	}
	return goldens, nil
}

// Error returns the greatest absolute difference between values and the golden array,
// which may be a sample with as many numbers as values. The error of NaN is infinite.
func (g Goldens) Error(name string, values []float32) (float64, error) {
	want, found := g[name]
	if !found {
		return 0, fmt.Errorf("no golden %s", name)
	}
	if len(values) < len(want) {
		return 0, fmt.Errorf("golden %s has %d numbers, but is compared with %d", name, len(want), len(values))
	}
	sampled := len(values) > len(want)
	var places []int32
	if sampled {
		places = below(name, len(want), len(values))
	}
	worst := 0.0
	for i, w := range want {
		v := values[i]
		if sampled {
			v = values[places[i]]
		}
		d := math.Abs(float64(v) - w)
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		worst = max(worst, d)
	}
	return worst, nil
}
