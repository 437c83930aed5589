package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/wav"
	"github.com/rnnrun/rnnrun/kernels"
)

// An augmentation defines how training sounds are altered.
type augmentation struct {
	copies int     // altered copies of each sound
	speed  int     // largest change of speed, in percent
	gain   float64 // largest change of loudness, in dB
	filter float64 // largest weight of an earlier sample that is added to or subtracted from a sample
	taps   int     // number of earlier samples
	hiss   float64 // least signal-to-noise ratio of its recording, in dB; 0: no such noise
	snr    float64 // least signal-to-noise ratio, in dB
	noise  string  // folder of recordings of noise; "": noise is generated
}

// snrRange is the range of signal-to-noise ratios above the least one, in dB.
const snrRange = 30

const augmentHelp = `copies=N[,speed=PERCENT,gain=DB,filter=PART,taps=N,hiss=DB,snr=DB,noise=FOLDER]`

// parseAugmentation reads settings such as copies=4,speed=10.
func parseAugmentation(text string) (a augmentation, err error) {
	a = augmentation{speed: 10, gain: 10, filter: 0.7, taps: 2, snr: 10}
	if text == "" {
		return a, nil
	}
	for setting := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(setting, "=")
		switch key {
		case "copies":
			a.copies, err = strconv.Atoi(value)
		case "speed":
			a.speed, err = strconv.Atoi(value)
		case "gain":
			a.gain, err = strconv.ParseFloat(value, 64)
		case "filter":
			a.filter, err = strconv.ParseFloat(value, 64)
		case "taps":
			a.taps, err = strconv.Atoi(value)
		case "hiss":
			a.hiss, err = strconv.ParseFloat(value, 64)
		case "snr":
			a.snr, err = strconv.ParseFloat(value, 64)
		case "noise":
			a.noise = value
		default:
			return a, cli.Usagef("--augment: %s is not one of %s", message.Quote(setting), augmentHelp)
		}
		if err != nil {
			return a, cli.Usagef("--augment: %s has no number", message.Quote(setting))
		}
	}
	return a, within(limit{"augment copies", float64(a.copies), 1, 1000}, limit{"augment speed", float64(a.speed), 0, 50},
		limit{"augment gain", a.gain, 0, 60}, limit{"augment filter", a.filter, 0, 0.99}, limit{"augment taps", float64(a.taps), 1, 64}, limit{"augment hiss", a.hiss, 0, 100}, limit{"augment snr", a.snr, -20, 100})
}

// An alteration makes altered sounds. Each has its own random numbers, so the same seed
// gives the same sounds.
type alteration struct {
	augmentation
	sounds *sounds
	noises [][]float32 // recordings; nil: noise is generated
}

func newAlteration(a augmentation, s *sounds) (*alteration, error) {
	t := &alteration{augmentation: a, sounds: s}
	if a.noise == "" {
		return t, nil
	}
	list, _, err := dataset.ListSounds(a.noise, dataset.SoundsOptions{Pattern: "{label}"})
	if err != nil {
		return nil, fmt.Errorf("--augment: noise: %w", err)
	}
	for _, sound := range list {
		samples, err := s.read(sound.Path)
		if err != nil {
			return nil, fmt.Errorf("--augment: noise: %w", err)
		}
		if power(samples) > 0 {
			t.noises = append(t.noises, samples)
		}
	}
	if t.noises == nil {
		return nil, fmt.Errorf("--augment: noise: %s: all recordings are silent", a.noise)
	}
	return t, nil
}

// copy returns an altered copy of a sound: with another speed and therefore another
// pitch, at another place in its window, with noise, and louder or quieter.
func (t *alteration) copy(samples []float32, rng *rand.Rand) ([]float32, error) {
	samples, err := t.recorded(samples, rng)
	if err != nil {
		return nil, err
	}
	level, window := rms(samples), t.sounds.window*t.sounds.step
	var placed []float32
	if window == 0 {
		before := rng.IntN(t.sounds.step)
		placed = t.sounds.fit(append(make([]float32, before), samples...))
	} else {
		if len(samples) > window {
			samples = wav.Fit(samples, window)
		}
		placed = placeIn(samples, window, rng.IntN(window-len(samples)+1))
	}
	t.addNoise(placed, level, t.snr, t.gain, rng)
	return placed, nil
}

// background returns a window without a whole word: noise, or noise and the end or the
// beginning of a sound, less than a third of it.
func (t *alteration) background(samples []float32, rng *rand.Rand) ([]float32, error) {
	samples, err := t.recorded(samples, rng)
	if err != nil {
		return nil, err
	}
	level, window := rms(samples), t.sounds.window*t.sounds.step
	heard := rng.IntN(len(samples)/3 + 1)
	at := 0
	switch rng.IntN(4) {
	case 0:
		at = heard - len(samples) // its end
	case 1:
		at = window - heard // its beginning
	default:
		at = window
	}
	placed := placeIn(samples, window, at)
	t.addNoise(placed, level, t.snr, t.gain, rng)
	return placed, nil
}

// recorded returns samples at another speed, as another microphone records them, with its
// hiss.
func (t *alteration) recorded(samples []float32, rng *rand.Rand) ([]float32, error) {
	samples, err := t.atSpeed(samples, rng)
	if err != nil {
		return nil, err
	}
	samples = t.filtered(samples, rng)
	if t.hiss > 0 {
		samples = slices.Clone(samples)
		t.addNoise(samples, rms(samples), t.hiss, 0, rng)
	}
	return samples, nil
}

// placeIn returns a window of n samples in which a sound begins at sample at, which may
// be outside the window.
func placeIn(samples []float32, n, at int) []float32 {
	window := make([]float32, n)
	if at < 0 {
		samples, at = samples[min(-at, len(samples)):], 0
	}
	copy(window[min(at, n):], samples)
	return window
}

// atSpeed returns samples at a faster or slower speed.
func (t *alteration) atSpeed(samples []float32, rng *rand.Rand) ([]float32, error) {
	percent := rng.IntN(2*t.speed+1) - t.speed
	if percent == 0 {
		return samples, nil
	}
	in, err := wav.Resample(&samplesReader{samples}, 100+percent, 100, 1)
	if err != nil {
		return nil, err
	}
	out := make([]float32, len(samples)*100/(100+percent)+1)
	n := 0
	for {
		k, err := in.Read(out[n:])
		switch n += k; {
		case errors.Is(err, io.EOF) || err == nil && n == len(out):
			return out[:n], nil
		case err != nil:
			return nil, err
		}
	}
}

// filtered returns samples that sound brighter or darker, as if another microphone had
// recorded them, with the same power.
func (t *alteration) filtered(samples []float32, rng *rand.Rand) []float32 {
	if t.filter == 0 {
		return samples
	}
	before := power(samples)
	for delay := 1; delay <= t.taps; delay++ {
		part := float32((2*rng.Float64() - 1) * t.filter)
		heard := slices.Clone(samples)
		for i := delay; i < len(samples); i++ {
			heard[i] += float32(part * samples[i-delay])
		}
		samples = heard
	}
	if after := power(samples); after > 0 {
		scale := float32(math.Sqrt(before / after))
		for i := range samples {
			samples[i] *= scale
		}
	}
	return samples
}

// A samplesReader reads samples from memory.
type samplesReader struct{ left []float32 }

func (r *samplesReader) Read(dst []float32) (int, error) {
	n := copy(dst, r.left)
	if r.left = r.left[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// addNoise adds noise to three of four windows whose sound has this level. The noise is
// at least below dB quieter than the sound. It then makes both louder or quieter by up to
// louder dB.
func (t *alteration) addNoise(window []float32, level, below, louder float64, rng *rand.Rand) {
	noise := t.nextNoise(len(window), rng)
	gain := amplitude((2*rng.Float64() - 1) * louder)
	ratio := amplitude(-below - snrRange*rng.Float64())
	if loud := rms(noise); loud > 0 {
		ratio = ratio * level / loud
	}
	if rng.IntN(4) == 0 {
		ratio = 0
	}
	for i, v := range window {
		window[i] = float32(gain * (float64(v) + float64(ratio*float64(noise[i]))))
	}
}

// nextNoise returns n samples of noise: from a random place in a recording, repeated if
// the recording is shorter, or generated, white or darker.
func (t *alteration) nextNoise(n int, rng *rand.Rand) []float32 {
	noise := make([]float32, n)
	if t.noises != nil {
		recording := t.noises[rng.IntN(len(t.noises))]
		at := rng.IntN(len(recording))
		for i := range noise {
			noise[i] = recording[(at+i)%len(recording)]
		}
		return noise
	}
	memory, v := 0.98*rng.Float64(), 0.0
	for i := range noise {
		v = float64(memory*v) + 2*rng.Float64() - 1
		noise[i] = float32(v)
	}
	return noise
}

// amplitude converts dB to a factor, with the same bits on every machine.
func amplitude(dB float64) float64 {
	v := []float32{float32(dB * (math.Ln10 / 20))}
	generic, err := kernels.ByName("generic")
	if err != nil {
		panic(err) // it always exists
	}
	generic.Exp(v, v)
	return float64(v[0])
}

// power returns the mean of the squares of samples, or 0 if there are none.
func power(samples []float32) float64 {
	sum := 0.0
	for _, v := range samples {
		sum += float64(v) * float64(v) // the product is exact, so that fusing changes nothing
	}
	return sum / float64(max(len(samples), 1))
}
