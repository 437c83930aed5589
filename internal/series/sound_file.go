package series

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// ReadFile returns the samples of a WAV file, or an error if it has none. Errors name the
// file.
func (s *Sound) ReadFile(path string) ([]float32, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	samples, err := s.readAll(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return samples, nil
}

// readAll reads to the end.
func (s *Sound) readAll(r *bufio.Reader) (samples []float32, err error) {
	in, err := s.Open(r)
	if err != nil {
		return nil, err
	}
	for block := 4096; ; {
		samples = slices.Grow(samples, block)
		n, err := in.Read(samples[len(samples):][:block])
		for i, v := range samples[len(samples):][:n] {
			if v-v != 0 {
				return nil, fmt.Errorf("%w: sample %d is %v", ErrNotFinite, len(samples)+i, v)
			}
		}
		switch samples = samples[:len(samples)+n]; {
		case errors.Is(err, io.EOF) && len(samples) > 0:
			return samples, nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%w: it has no samples", ErrShape)
		case err != nil:
			return nil, err
		}
	}
}
