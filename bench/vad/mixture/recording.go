package mixture

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"github.com/rnnrun/rnnrun/internal/series"
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
			return nil, err
		}
		list = append(list, Recording{strings.TrimSuffix(filepath.Base(path), ".wav"), samples})
	}
	return list, nil
}

// ReadFile reads a WAV file of one channel and Rate, which has samples.
func ReadFile(path string) ([]float32, error) {
	var s series.Sound
	samples, err := s.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if o := s.Format(); o.Channels != 1 || o.Rate != Rate {
		return nil, fmt.Errorf("%s: %d channels of %d samples a second, instead of one of %d", path, o.Channels, o.Rate, Rate)
	}
	return samples, nil
}
