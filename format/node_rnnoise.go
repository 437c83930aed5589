package format

// The sizes of RNNoise 0.1.
const (
	RNNoiseFrame    = 480 // samples of a step, at 48 kHz
	RNNoiseBands    = 22
	RNNoiseFeatures = 42
	RNNoiseSpectrum = RNNoiseFrame + 1 // frequencies
)

// An RNNoiseAnalysis computes what RNNoise 0.1 takes from 480 samples within ±1 at 48 kHz, as its denoise.c does: 2033
// numbers.
//
//	   0  features [42]: 22 cepstral coefficients of the bands, 6 first and 6 second
//	      differences, 6 coefficients of the correlation with the pitch, the pitch's
//	      period, and how much the spectrum varies; zeros of silence
//	  42  1; 0 of silence
//	  43  the spectrum: 481 real parts, 481 imaginary ones
//	1005  that of the sound a period before
//	1967  energies of the bands [22] of the first, of the second, and what both have in
//	      common, from -1 to 1
//
// They describe the 960 samples of this step and the previous one.
type RNNoiseAnalysis struct{}

// Where these numbers stand.
const (
	RNNoiseActive      = RNNoiseFeatures
	RNNoiseSound       = RNNoiseActive + 1
	RNNoisePitch       = RNNoiseSound + 2*RNNoiseSpectrum
	RNNoiseEnergy      = RNNoisePitch + 2*RNNoiseSpectrum
	RNNoisePitchEnergy = RNNoiseEnergy + RNNoiseBands
	RNNoiseCommon      = RNNoisePitchEnergy + RNNoiseBands
	RNNoiseAnalyzed    = RNNoiseCommon + RNNoiseBands
)

// An RNNoiseSynthesis applies 22 gains, its second value, to an [RNNoiseAnalysis], its first, and gives 480 samples: it
// applies the comb filter of the pitch and the gains, which fall by at most 0.4 per step, and adds the overlap with the
// previous step. The samples come a step later than those that the analysis read. Silence passes.
type RNNoiseSynthesis struct{}

func (*RNNoiseAnalysis) gives(in []Value) (Value, error) {
	x, err := one(in)
	switch {
	case err != nil:
		return Value{}, err
	case x.Size() != RNNoiseFrame || !x.EachStep():
		return Value{}, refuse("%v numbers, but it reads %d samples a step", x, RNNoiseFrame)
	}
	return Value{Frames: 1, Channels: RNNoiseAnalyzed, Phase: x.Phase}, nil
}

func (*RNNoiseSynthesis) gives(in []Value) (Value, error) {
	if err := wants(in, 2); err != nil {
		return Value{}, err
	}
	heard, gains := in[0], in[1]
	switch {
	case heard.Size() != RNNoiseAnalyzed || gains.Size() != RNNoiseBands:
		return Value{}, refuse("%v and %v numbers, but it reads an analysis of %d and %d gains", heard, gains, RNNoiseAnalyzed, RNNoiseBands)
	case !heard.EachStep() || !gains.EachStep():
		return Value{}, refuse("one value of the sequence, but it goes on from step to step")
	}
	return Value{Frames: RNNoiseFrame, Channels: 1, Phase: max(heard.Phase, gains.Phase)}, nil
}

func (*RNNoiseAnalysis) code() opCode  { return codeRNNoiseAnalysis }
func (*RNNoiseSynthesis) code() opCode { return codeRNNoiseSynthesis }

func (*RNNoiseAnalysis) appendNode(b []byte) []byte  { return b }
func (*RNNoiseSynthesis) appendNode(b []byte) []byte { return b }

func (*RNNoiseAnalysis) readNode(*record)  {}
func (*RNNoiseSynthesis) readNode(*record) {}

func (*RNNoiseAnalysis) checkNode() *Error  { return nil }
func (*RNNoiseSynthesis) checkNode() *Error { return nil }

func (*RNNoiseAnalysis) points() int  { return 2 * RNNoiseFrame }
func (*RNNoiseSynthesis) points() int { return 2 * RNNoiseFrame }

// rnnoiseMemory is how many samples before a step its pitch may be found in.
const rnnoiseMemory = 1248

func (*RNNoiseAnalysis) kept([]Value) int {
	return rnnoiseMemory + 7*RNNoiseBands + 4 // samples, cepstra, the filter, the pitch
}

func (*RNNoiseSynthesis) kept([]Value) int { return RNNoiseFrame + RNNoiseBands }
