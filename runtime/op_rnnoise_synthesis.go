package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// An rnnoiseSynthesisOp applies the gains of RNNoise 0.1 to the sound.
type rnnoiseSynthesisOp struct {
	weightless
	*rnnoiseTables
}

func newRNNoiseSynthesisOp() op { return &rnnoiseSynthesisOp{rnnoiseTables: newRNNoiseTables()} }

func (o *rnnoiseSynthesisOp) newStepper(p ports) stepper {
	return &rnnoiseSynthesisStep{op: o, in: p.in, out: p.out[0], work: o.fft.Work()}
}

type rnnoiseSynthesisStep struct {
	op       *rnnoiseSynthesisOp
	in       []*place // the analysis, the gains
	out      *place
	work     []float64
	spectrum [2 * format.RNNoiseSpectrum]float32
	factors  [rnnoiseEnd]float32
	sound    [rnnoiseWindow]float32

	overlap [format.RNNoiseFrame]float32 // the half of the last window that overlaps the next one
	last    bands                        // the gains of the last step
}

func (s *rnnoiseSynthesisStep) step() { s.give(s.out.step, s.in[0].step, s.in[1].step) }

func (s *rnnoiseSynthesisStep) run(n int, _ []float32) {
	for i := range n {
		s.give(s.out.run.row(i, len(s.out.step)), s.in[0].run.row(i, len(s.in[0].step)), s.in[1].run.row(i, len(s.in[1].step)))
	}
}

func (s *rnnoiseSynthesisStep) give(y, heard, gains []float32) {
	copy(s.spectrum[:], heard[format.RNNoiseSound:format.RNNoisePitch])
	if heard[format.RNNoiseActive] != 0 {
		var g bands
		copy(g[:], gains)
		s.voice(heard, &g)
		for i, v := range s.last {
			g[i] = max(g[i], float32(.6*v))
		}
		s.last = g
		s.weigh(&g)
	}
	s.op.fft.Inverse(s.sound[:], s.spectrum[:], s.op.synthesis, s.work)
	for i := range y {
		y[i] = (s.sound[i] + s.overlap[i]) / rnnoiseScale
	}
	copy(s.overlap[:], s.sound[len(y):])
}

// voice adds the sound of one pitch period before, in each band as much of it as noise
// masks the voice. Then it restores the energies of the bands.
func (s *rnnoiseSynthesisStep) voice(heard []float32, g *bands) {
	energy, voiced, common := heard[format.RNNoiseEnergy:], heard[format.RNNoisePitchEnergy:], heard[format.RNNoiseCommon:]
	var share bands
	for i := range share {
		share[i] = float32(comb(common[i], g[i]) * ratio(energy[i], voiced[i]))
	}
	s.op.over(&s.factors, &share)
	re, im := parts(s.spectrum[:])
	vre, vim := parts(heard[format.RNNoisePitch:])
	for k, f := range s.factors {
		re[k] += float32(f * vre[k])
		im[k] += float32(f * vim[k])
	}
	after := s.op.energies(s.spectrum[:], s.spectrum[:])
	for i := range after {
		after[i] = ratio(energy[i], after[i])
	}
	s.weigh(&after)
}

// comb returns the fraction of the sound before that is added in a band with the
// given correlation and gain.
func comb(common, gain float32) float32 {
	if common > gain {
		return 1
	}
	c, g := float32(common*common), float32(gain*gain)
	v := float32(float64(float32(c*(1-g))) / (.001 + float64(float32(g*(1-c)))))
	return sqrt(min(max(v, 0), 1))
}

// ratio returns the factor that gives sound of energy b the energy a.
func ratio(a, b float32) float32 { return float32(math.Sqrt(float64(a) / (1e-8 + float64(b)))) }

// weigh multiplies the spectrum by the factors of the bands, and clears it above
// them.
func (s *rnnoiseSynthesisStep) weigh(g *bands) {
	s.op.over(&s.factors, g)
	re, im := parts(s.spectrum[:])
	for k, f := range s.factors {
		re[k] *= f
		im[k] *= f
	}
	clear(s.spectrum[rnnoiseEnd:format.RNNoiseSpectrum])
	clear(s.spectrum[format.RNNoiseSpectrum+rnnoiseEnd:])
}

func (s *rnnoiseSynthesisStep) reset() {
	clear(s.overlap[:])
	s.last = bands{}
}

func (s *rnnoiseSynthesisStep) carried(list [][]float32) [][]float32 {
	return append(list, s.overlap[:], s.last[:])
}

func (s *rnnoiseSynthesisStep) publish() {}

func (s *rnnoiseSynthesisStep) bytes() int { return sizeOf(s) + sliceBytes(s.work) }
