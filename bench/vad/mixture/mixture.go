package mixture

import (
	"math"
	"math/rand/v2"
	"strings"
)

// A Mixture is speech in noise, as it is recorded, with the label of every step.
type Mixture struct {
	Samples []float32
	Labels  []bool
}

// A Mixer makes mixtures of what it has.
type Mixer struct {
	Speakers []Speaker
	Noises   []Noise
}

// Recorded returns recordings as kinds of noise: parts of them, each of which comes again
// when it ends.
func Recorded(list []Recording) []Noise {
	noises := make([]Noise, len(list))
	for i, r := range list {
		noises[i] = Noise{r.Name, func(rng *rand.Rand, n int) []float32 {
			x := make([]float32, n)
			pause := rng.IntN(2 * Rate)
			if len(r.Samples) > 20*Rate {
				pause = 0
			}
			for at, from := 0, rng.IntN(len(r.Samples)); at < n; from = 0 {
				at += copy(x[at:], r.Samples[from:]) + pause
			}
			return x
		}}
	}
	return noises
}

// share returns how often a speaker speaks: recordings more often than synthesised speech.
func (s *Speaker) share() int {
	switch {
	case strings.HasPrefix(s.Name, "espeak-"):
		return 1
	case strings.HasPrefix(s.Name, "flite-"), strings.HasPrefix(s.Name, "festival-"):
		return 2
	}
	return 6
}

func (m *Mixer) speaker(rng *rand.Rand) *Speaker {
	sum := 0
	for i := range m.Speakers {
		sum += m.Speakers[i].share()
	}
	k, i := rng.IntN(sum), 0
	for ; k >= m.Speakers[i].share(); i++ {
		k -= m.Speakers[i].share()
	}
	return &m.Speakers[i]
}

// noise returns one kind of noise or two, of power 1.
func (m *Mixer) noise(rng *rand.Rand, n int) []float32 {
	x := unit(m.Noises[rng.IntN(len(m.Noises))].Make(rng, n))
	if rng.IntN(2) == 0 {
		x = unit(add(x, unit(m.Noises[rng.IntN(len(m.Noises))].Make(rng, n)), amplitude(-20*rng.Float64())))
	}
	if rng.IntN(4) == 0 { // it begins and ends, so that a beginning is not speech
		from, to := rng.IntN(n), rng.IntN(n)
		from, to = min(from, to), max(from, to)
		fade(x[from:to])
		clear(x[:from])
		clear(x[to:])
	}
	return x
}

// babble is so many talkers at once that none can be understood, which is noise.
func (m *Mixer) babble(rng *rand.Rand, steps int) []float32 {
	x := make([]float32, steps*Step)
	for range 8 + rng.IntN(8) {
		s := &m.Speakers[rng.IntN(len(m.Speakers))]
		y := make([]float32, len(x))
		stretch(y, s.Samples[rng.IntN(max(1, len(s.Samples)-2*len(x))):], 0.8+0.5*rng.Float64())
		x = add(x, y, 0.5+rng.Float64())
	}
	return unit(room(rng, x))
}

// unit returns a sound with the mean power 1, or silence.
func unit(x []float32) []float32 {
	p := power(x)
	if p < 1e-12 {
		return make([]float32, len(x))
	}
	return add(make([]float32, len(x)), x, 1/math.Sqrt(p))
}

// Random returns a mixture of so many steps to train on: of a speaker or, one in six times,
// of none, in any room, by any microphone, at a level within 40 dB, with the power of
// the speech from 5 dB below that of the noise to 25 dB above.
func (m *Mixer) Random(rng *rand.Rand, steps int) Mixture {
	n := steps * Step
	speech, labels := make([]float32, n), make([]bool, steps)
	if rng.IntN(6) > 0 {
		speech, labels = m.speaker(rng).talk(rng, steps, 0.82+0.43*rng.Float64())
	}
	snr := -5 + 30*rng.Float64()
	x := speech
	if rng.IntN(2) == 0 {
		x = room(rng, x)
	}
	noise := make([]float32, n)
	switch rng.IntN(20) {
	case 0, 1: // clean
		snr = 60
		noise = white(rng, n)
	case 2:
		noise, snr = m.babble(rng, steps), snr+5
	default:
		noise = m.noise(rng, n)
	}
	x = add(add(make([]float32, n), x, 1), noise, 0.1*amplitude(-snr))
	if rng.IntN(3) > 0 {
		x = microphone(rng, x)
	}
	return Mixture{record(rng, x, -48+40*rng.Float64()), labels}
}

// Talk returns speech of a speaker in one kind of noise, at so many dB of the
// power of speech over that of noise; infinite: there is no noise. It is what models are measured
// on.
func Talk(rng *rand.Rand, s *Speaker, noise Noise, snr float64, steps int) Mixture {
	x, labels := s.talk(rng, steps, 1)
	if !math.IsInf(snr, 1) {
		x = add(x, unit(noise.Make(rng, len(x))), 0.1*amplitude(-snr))
	}
	return Mixture{record(rng, x, -35+20*rng.Float64()), labels}
}

// Alone returns so many steps of noise without speech.
func Alone(rng *rand.Rand, noise Noise, steps int) []float32 {
	return record(rng, unit(noise.Make(rng, steps*Step)), -35+20*rng.Float64())
}

// record returns a sound as a converter of 16 bits writes it, whose loud steps have
// so many dB of full scale; one in ten is too loud for it.
func record(rng *rand.Rand, x []float32, level float64) []float32 {
	if rng.IntN(10) == 0 {
		level = -6 + 12*rng.Float64()
	}
	loud := 0.
	for i := 0; i+4*Step <= len(x); i += 4 * Step {
		loud = max(loud, power(x[i:][:4*Step]))
	}
	scale := amplitude(level) / math.Sqrt(loud+1e-9)
	hiss := amplitude(-95 + 35*rng.Float64())
	y := make([]float32, len(x))
	for i, v := range x {
		s := math.RoundToEven((float64(v)*scale + hiss*rng.NormFloat64()) * 32768)
		y[i] = float32(min(max(s, -32768), 32767) / 32768)
	}
	return y
}
