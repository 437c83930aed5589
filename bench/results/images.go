package main

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/npy"
)

// mnist writes the images as [N, 28, 28] and as [N, 784], in float32 from 0 to 1,
// and the digits, one a line; the last 10,000 are the test.
func (p preparation) mnist() error {
	images, shape, err := p.idx("train-images-idx3-ubyte.gz")
	if err != nil {
		return err
	}
	digits, _, err := p.idx("train-labels-idx1-ubyte.gz")
	if err != nil {
		return err
	}
	const test = 10_000
	size := shape[1] * shape[2]
	for suffix, r := range map[string][2]int{"train": {0, shape[0] - test}, "test": {shape[0] - test, shape[0]}} {
		part, n := images[r[0]*size:r[1]*size], r[1]-r[0]
		if err := p.array("mnist-"+suffix+".npy", part, n, shape[1], shape[2]); err != nil {
			return err
		}
		if err := p.array("pixels-"+suffix+".npy", part, n, size); err != nil {
			return err
		}
		list := strings.Fields(strings.Trim(fmt.Sprint(digits[r[0]:r[1]]), "[]"))
		if err := p.write("mnist-"+suffix+".txt", list); err != nil {
			return err
		}
	}
	return nil
}

// idx reads an array of bytes in the IDX format: two zeros, the type, the number
// of dimensions, the dimensions as big-endian 32 bits, and the elements.
func (p preparation) idx(name string) (data []byte, shape []int, err error) {
	f, err := os.Open(filepath.Join(p.data, "mnist", name))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	const bytes = 8
	if len(b) < 4 || b[2] != bytes || len(b) < 4+4*int(b[3]) {
		return nil, nil, fmt.Errorf("%s: it is no IDX file of bytes", name)
	}
	n := 1
	for i := range int(b[3]) {
		shape = append(shape, int(binary.BigEndian.Uint32(b[4+4*i:])))
		n *= shape[i]
	}
	if data = b[4+4*len(shape):]; len(data) != n {
		return nil, nil, fmt.Errorf("%s: it has %d elements, but shape %v has %d", name, len(data), shape, n)
	}
	return data, shape, nil
}

func (p preparation) array(name string, data []byte, shape ...int) error {
	return atomicfile.Write(filepath.Join(p.work, name), func(w io.Writer) error {
		b := bufio.NewWriter(w)
		a, err := npy.NewWriter(b, npy.Float32, shape...)
		if err != nil {
			return err
		}
		row := make([]float32, 784)
		for len(data) > 0 {
			n := min(len(data), len(row))
			for i, v := range data[:n] {
				row[i] = float32(v) / 255
			}
			if err := a.WriteFloat32(row[:n]); err != nil {
				return err
			}
			data = data[n:]
		}
		if err := a.Close(); err != nil {
			return err
		}
		return b.Flush()
	})
}
