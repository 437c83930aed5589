package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/rnnrun/rnnrun/bench/vad/mixture"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// frontEnd makes the features of builtin:vad: 40 logarithmic mel bands of 32 ms, every 16 ms.
const frontEnd = "logmel:rate=16000,window=512,hop=256,mels=40,low=60,offset=1e-7"

const (
	mixtures = 3200
	shortest = 200 // steps of a mixture, 3.2 s
	longest  = 800 // 12.8 s

	calibrated = 16 // mixtures to calibrate on
)

// mix writes the features of mixtures, [steps][42]: those of a step, whether it is speech,
// and the number of its mixture; and the samples of the first ones, [steps][256], to calibrate
// on.
func mix(folder, path, samples string) error {
	speech, err := mixture.Read(filepath.Join(folder, "speech"))
	if err != nil {
		return err
	}
	noise, err := mixture.Read(filepath.Join(folder, "noise"))
	if err != nil {
		return err
	}
	mixer := &mixture.Mixer{Speakers: mixture.Speakers(speech)}
	for range 3 { // recordings, which are more, are mixed as often
		mixer.Noises = append(mixer.Noises, mixture.Trained...)
	}
	mixer.Noises = append(mixer.Noises, mixture.Recorded(noise)...)
	front, err := frontend.Parse(frontEnd)
	if err != nil {
		return err
	}
	features, err := front.Model()
	if err != nil {
		return err
	}
	m, err := rnn.New(features)
	if err != nil {
		return err
	}
	rows, err := mixed(mixer, m)
	if err != nil {
		return err
	}
	if err := write(path, rows, front.Width()+2); err != nil {
		return err
	}
	var first [][]float32
	for i := range calibrated {
		first = append(first, mixtureOf(mixer, i).Samples)
	}
	return write(samples, first, front.Hop)
}

// mixtureOf returns the mixture of that number.
func mixtureOf(mixer *mixture.Mixer, number int) mixture.Mixture {
	rng := rand.New(rand.NewPCG(1, uint64(number)))
	return mixer.Random(rng, shortest+rng.IntN(longest-shortest))
}

// mixed returns the rows of every mixture.
func mixed(mixer *mixture.Mixer, m *rnn.Model) ([][]float32, error) {
	rows := make([][]float32, mixtures)
	var errs [mixtures]error
	var workers sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		workers.Go(func() {
			s := m.NewSession()
			for i := range next {
				rows[i], errs[i] = rowsOf(s, mixtureOf(mixer, i), i)
			}
		})
	}
	for i := range mixtures {
		next <- i
	}
	close(next)
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// rowsOf returns the rows of a mixture.
func rowsOf(s *rnn.Session, x mixture.Mixture, number int) (rows []float32, err error) {
	s.Reset()
	ys, err := s.RunInputs(x.Samples, nil)
	if err != nil {
		return nil, err
	}
	width := len(ys) / len(x.Labels)
	for i, speech := range x.Labels {
		rows = append(rows, ys[i*width:][:width]...)
		label := float32(0)
		if speech {
			label = 1
		}
		rows = append(rows, label, float32(number))
	}
	return rows, nil
}

func write(path string, mixtures [][]float32, width int) error {
	n := 0
	for _, rows := range mixtures {
		n += len(rows) / width
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := npy.NewWriter(f, npy.Float32, n, width)
	if err != nil {
		return err
	}
	for _, rows := range mixtures {
		if err := w.WriteFloat32(rows); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Printf("%s: %.2f hours\n", path, float64(n)*mixture.Step/mixture.Rate/3600)
	return f.Close()
}
