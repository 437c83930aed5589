package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/pitch"
	"github.com/rnnrun/rnnrun/kernels"
)

const (
	rnnoiseCepstra = 8 // past frames over which the spectrum's variability is measured
	rnnoiseDeltas  = 6 // coefficients with first and second differences
)

// An rnnoiseAnalysisOp computes the features from which RNNoise 0.1 computes
// its gains.
type rnnoiseAnalysisOp struct {
	weightless
	*rnnoiseTables
}

func newRNNoiseAnalysisOp() op { return &rnnoiseAnalysisOp{rnnoiseTables: newRNNoiseTables()} }

func (o *rnnoiseAnalysisOp) newStepper(p ports) stepper {
	return &rnnoiseAnalysisStep{op: o, in: p.in[0], out: p.out[0], work: o.fft.Work()}
}

type rnnoiseAnalysisStep struct {
	op      *rnnoiseAnalysisOp
	in, out *place
	work    []float64
	finder  pitch.Finder

	filter  [2]float32
	samples [pitch.Samples]float32 // filtered, the latest last
	found   [2]float32             // the period of the pitch, and its gain
	cepstra [rnnoiseCepstra]bands  // the latest first
}

func (s *rnnoiseAnalysisStep) step() { s.hear(s.out.step, s.in.step) }

func (s *rnnoiseAnalysisStep) run(n int, _ []float32) {
	for i := range n {
		s.hear(s.out.run.row(i, len(s.out.step)), s.in.run.row(i, len(s.in.step)))
	}
}

func (s *rnnoiseAnalysisStep) hear(y, x []float32) {
	s.highPass(x)
	period := s.period()
	sound, voice := y[format.RNNoiseSound:format.RNNoisePitch], y[format.RNNoisePitch:format.RNNoiseEnergy]
	now := s.samples[pitch.Samples-rnnoiseWindow:]
	s.op.fft.Forward(sound, now, s.op.analysis, s.work)
	s.op.fft.Forward(voice, s.samples[pitch.Samples-rnnoiseWindow-period:][:rnnoiseWindow], s.op.analysis, s.work)
	energy, voiced := s.op.energies(sound, sound), s.op.energies(voice, voice)
	common := s.op.energies(sound, voice)
	for i := range common {
		common[i] = float32(float64(common[i]) / math.Sqrt(.001+float64(float32(energy[i]*voiced[i]))))
	}
	copy(y[format.RNNoiseEnergy:], energy[:])
	copy(y[format.RNNoisePitchEnergy:], voiced[:])
	copy(y[format.RNNoiseCommon:], common[:])
	if features := y[:format.RNNoiseFeatures]; s.features(features, &energy) {
		y[format.RNNoiseActive] = 1
		s.pitchFeatures(features[format.RNNoiseBands+2*rnnoiseDeltas:], &common, period)
	} else {
		clear(y[:format.RNNoiseSound])
	}
}

// highPass appends a step to the samples, after a filter that removes sound below
// speech: H(z) = (1 - 2/z + 1/z²) / (1 - 1.99599/z + 0.996/z²). The filter rings for
// ever after a sound, so highPass clears it before its numbers become denormal, which
// slows processors down.
func (s *rnnoiseAnalysisStep) highPass(x []float32) {
	const a1, a2, b1, b2 = float64(float32(-1.99599)), float64(float32(.996)), -2, 1
	const softest = 1e-37
	y := s.samples[copy(s.samples[:], s.samples[len(x):]):]
	m := s.filter
	for i, v := range x {
		v *= rnnoiseScale
		sum := float32(v) + m[0]
		in, out := float64(v), float64(sum)
		m[0] = float32(float64(m[1]) + (float64(b1*in) - float64(a1*out)))
		m[1] = float32(float64(b2*in) - float64(a2*out))
		y[i] = sum
	}
	if abs(m[0]) < softest && abs(m[1]) < softest {
		m = [2]float32{}
	}
	s.filter = m
}

// period returns the period of the pitch. It checks the last period, since a snapshot
// may hold any number.
func (s *rnnoiseAnalysisStep) period() int {
	last := 0
	if p := s.found[0]; p >= 0 && p <= pitch.MaxPeriod {
		last = int(p)
	}
	period, gain := s.finder.Find(&s.samples, last, s.found[1])
	s.found = [2]float32{float32(period), gain}
	return period
}

// features computes the features of the spectrum from the energies of its bands. It
// reports whether there is any sound; it does not store the cepstrum of silence.
func (s *rnnoiseAnalysisStep) features(y []float32, energy *bands) bool {
	var levels bands
	highest, follow, total := float32(-2), float32(-2), float32(0)
	for i, e := range energy {
		level := kernels.Log(float32(.01+float64(e))) * float32(1/math.Ln10)
		levels[i] = max(level, follow-1.5, highest-7)
		highest, follow = max(highest, levels[i]), max(follow-1.5, levels[i])
		total += e
	}
	if float64(total) < .04 {
		return false
	}
	cepstrum := s.op.cosine(&levels, format.RNNoiseBands)
	cepstrum[0] -= 12
	cepstrum[1] -= 4
	copy(s.cepstra[1:], s.cepstra[:])
	s.cepstra[0] = cepstrum
	copy(y, cepstrum[:])
	first, second := y[format.RNNoiseBands:], y[format.RNNoiseBands+rnnoiseDeltas:]
	for i := range rnnoiseDeltas {
		c0, c1, c2 := s.cepstra[0][i], s.cepstra[1][i], s.cepstra[2][i]
		y[i] = c0 + c1 + c2
		first[i] = c0 - c2
		second[i] = c0 - 2*c1 + c2
	}
	y[format.RNNoiseFeatures-1] = float32(float64(s.variability()/rnnoiseCepstra) - 2.1)
	return true
}

// variability returns the sum of the squared distances of each cepstrum to its nearest
// other.
func (s *rnnoiseAnalysisStep) variability() (sum float32) {
	var nearest [rnnoiseCepstra]float32
	for i := range nearest {
		nearest[i] = 1e15
	}
	for i := range s.cepstra {
		for j := range i {
			var distance float32
			for k, v := range s.cepstra[i] {
				d := v - s.cepstra[j][k]
				distance += float32(d * d)
			}
			nearest[i], nearest[j] = min(nearest[i], distance), min(nearest[j], distance)
		}
	}
	for _, d := range nearest {
		sum += d
	}
	return sum
}

// pitchFeatures computes the features of the pitch.
func (s *rnnoiseAnalysisStep) pitchFeatures(y []float32, common *bands, period int) {
	c := s.op.cosine(common, rnnoiseDeltas)
	copy(y, c[:rnnoiseDeltas])
	y[0] -= 1.3
	y[1] -= 0.9
	y[rnnoiseDeltas] = float32(.01 * float64(period-300))
}

func (s *rnnoiseAnalysisStep) reset() {
	s.filter, s.samples, s.found, s.cepstra = [2]float32{}, [pitch.Samples]float32{}, [2]float32{}, [rnnoiseCepstra]bands{}
}

func (s *rnnoiseAnalysisStep) carried(list [][]float32) [][]float32 {
	list = append(list, s.filter[:], s.samples[format.RNNoiseFrame:], s.found[:])
	for i := range s.cepstra[:rnnoiseCepstra-1] {
		list = append(list, s.cepstra[i][:])
	}
	return list
}

func (s *rnnoiseAnalysisStep) publish() {}

func (s *rnnoiseAnalysisStep) bytes() int { return sizeOf(s) + sliceBytes(s.work) }
