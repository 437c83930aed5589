package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/wav"
)

// leastLevel is the root mean square below which a sound counts as silent: the value of
// the lowest bit of 24.
const leastLevel = 1.0 / (1 << 23)

// A soundPair is a sound before and after an amplifier, sample for sample.
type soundPair struct {
	names    [2]string // of the files
	dry, wet []float32
	rate     int // samples per second
	left     int // samples at the end of the longer sound, which have no partner
}

// readSoundPair reads two sounds of one channel and with the same sample rate. The wet
// sound is delay samples later. Their lengths may differ by a second. Together they may
// have at most limit bytes.
func readSoundPair(dry, wet string, delay int, limit int64) (*soundPair, error) {
	p := &soundPair{names: [2]string{dry, wet}}
	most := int(min(limit/4/2, math.MaxInt))
	var err error
	if p.dry, p.rate, err = readSound(dry, most); err != nil {
		return nil, err
	}
	rate := 0
	if p.wet, rate, err = readSound(wet, most); err != nil {
		return nil, err
	}
	if rate != p.rate {
		return nil, fmt.Errorf("%s has %d samples per second, but %s has %d: record both at one rate, or convert one, for instance with: sox IN.wav -r %d OUT.wav",
			dry, p.rate, wet, rate, p.rate)
	}
	if off := len(p.wet) - len(p.dry); max(off, -off) > rate+max(delay, -delay) {
		return nil, fmt.Errorf("%s has %s, but %s has %d: the lengths differ by more than a second, so they are probably not from one recording; cut both to the same part",
			dry, message.Count(len(p.dry), "sample"), wet, len(p.wet))
	}
	if max(delay, 0) >= len(p.wet) || max(-delay, 0) >= len(p.dry) {
		return nil, fmt.Errorf("--delay %d: the sounds have only %d and %d samples", delay, len(p.dry), len(p.wet))
	}
	p.wet, p.dry = p.wet[max(delay, 0):], p.dry[max(-delay, 0):]
	n := min(len(p.dry), len(p.wet))
	p.left = max(len(p.dry), len(p.wet)) - n
	p.dry, p.wet = p.dry[:n], p.wet[:n]
	return p, nil
}

// readSound reads a WAV file of one channel and at most that many samples, and returns
// its sample rate.
func readSound(path string, most int) ([]float32, int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	r, err := wav.NewReader(bufio.NewReader(file))
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	f := r.Format()
	if f.Channels != 1 {
		return nil, 0, fmt.Errorf("%s: it has %s, but an amplifier has one: choose one, for instance with: sox IN.wav OUT.wav remix 1", path, message.Count(f.Channels, "channel"))
	}
	var samples []float32
	block := make([]float32, 4096)
	for {
		n, err := r.Read(block)
		for _, v := range block[:n] {
			if v-v != 0 {
				return nil, 0, fmt.Errorf("%s: sample %d is %v, not a finite number: remove it", path, len(samples), v)
			}
			samples = append(samples, v)
		}
		switch {
		case len(samples) > most:
			return nil, 0, fmt.Errorf("%s: it has more than %d samples, which do not fit in --memory: use a shorter sound, since some minutes are enough, or raise --memory", path, most)
		case errors.Is(err, io.EOF):
			return samples, f.Rate, nil
		case err != nil:
			return nil, 0, fmt.Errorf("%s: %w", path, err)
		}
	}
}

// leastLikeness is the least correlation that shows a lag.
const leastLikeness = 0.6

// announce prints the length of the sounds and the lag between them.
func (p *soundPair) announce(w io.Writer, delay int) {
	fmt.Fprintf(w, "%.3g s of sound, %d samples per second\n", float64(len(p.dry))/float64(p.rate), p.rate)
	if p.left > 0 {
		fmt.Fprintf(w, "one sound is longer: left out its last %s\n", message.Count(p.left, "sample"))
	}
	for i, samples := range [][]float32{p.dry, p.wet} {
		if n := clippings(samples); n > 0 {
			fmt.Fprintf(w, "%s is clipped at full scale in %s; record it with less gain, or the network also learns the recorder's distortion\n", p.names[i], message.Count(n, "place"))
		}
	}
	lag, correlation := soundLag(p.dry, p.wet, p.rate)
	switch {
	case math.Abs(correlation) < leastLikeness:
		fmt.Fprintf(w, "the sounds are too different (correlation %.2f) to tell whether the recording has a delay: compare the position of a click in both\n", correlation)
	case lag == 0:
		fmt.Fprintf(w, "the sounds are aligned: they are most alike without a delay (correlation %.2f)\n", correlation)
	default:
		late, n := "later", lag
		if lag < 0 {
			late, n = "earlier", -lag
		}
		fmt.Fprintf(w, "the wet sound is most similar to the dry one %s %s (correlation %.2f); if the recording added this delay, --delay %d removes it\n",
			message.Count(n, "sample"), late, correlation, delay+lag)
	}
}

// clippings returns the number of places with three or more consecutive samples at full
// scale.
func clippings(samples []float32) (n int) {
	const full, fewest = 1 - 1.0/(1<<12), 3
	run := 0
	for i, v := range samples {
		at := math.Abs(float64(v)) >= full
		if run++; !at || i > 0 && v != samples[i-1] {
			run = 0
			if at {
				run = 1
			}
		}
		if run == fewest {
			n++
		}
	}
	return n
}

// rms returns the root of the mean square of samples; 0 if there are none.
func rms(samples []float32) float64 { return math.Sqrt(power(samples)) }

// loudest returns the start of the loudest block, if samples are cut into blocks of n.
func loudest(samples []float32, n int) int {
	at, level := 0, 0.0
	for from := 0; from < len(samples); from += n {
		if l := rms(samples[from:min(from+n, len(samples))]); l > level {
			at, level = from, l
		}
	}
	return at
}
