package mixture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/rnnrun/rnnrun/internal/wav"
)

// A Recording is the sound of a file.
type Recording struct {
	Name    string
	Samples []float32
}

// Read reads the WAV files of a folder, sorted by name. They must have one channel and Rate.
func Read(folder string) (list []Recording, err error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.wav"))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s has no .wav file: collect.sh makes them", folder)
	}
	if err != nil {
		return nil, err
	}
	sort.Strings(paths)
	for _, path := range paths {
		samples, err := ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, Recording{strings.TrimSuffix(filepath.Base(path), ".wav"), samples})
	}
	return list, nil
}

// ReadFile reads a WAV file of one channel and Rate.
func ReadFile(path string) ([]float32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := wav.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return nil, err
	}
	if o := r.Format(); o.Channels != 1 || o.Rate != Rate {
		return nil, fmt.Errorf("%d channels of %d samples a second, instead of one of %d", o.Channels, o.Rate, Rate)
	}
	var samples []float32
	for buffer := make([]float32, 1<<14); ; {
		n, err := r.Read(buffer)
		samples = append(samples, buffer[:n]...)
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
