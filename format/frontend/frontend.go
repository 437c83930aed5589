package frontend

import "github.com/rnnrun/rnnrun/format"

// A FrontEnd computes features from samples.
type FrontEnd struct {
	Kind   Kind
	Rate   int // samples per second
	Window int // samples of a frame
	Hop    int // samples from one frame to the next
	Points int // of the Fourier transform

	Function format.WindowFunction
	Center   bool // frames are centered at multiples of the hop; otherwise they begin there
	Clip     bool // no samples of earlier steps are kept

	Povey bool // the window is Kaldi's, the symmetric Hann window to the power of 0.85

	Scale       float64 // of the samples, which are within ±1
	Preemphasis float64
	InFrame     bool // Preemphasis uses the first sample of a frame as the one before it
	RemoveDC    bool // the mean of each frame is subtracted from it
	Exponent    int  // of the magnitudes that are summed, 1 or 2
	Density     bool // powers are divided by Points

	Mels      int
	Low, High float64 // Hz
	Mel       string  // the scale: "htk" or "slaney"
	Triangles string  // "hz", "mel", "tensorflow", "python_speech_features" or "sonopy"
	Area      string  // "none" or "slaney"

	Log    string  // "ln", "log10" or "db"
	Floor  float64 // smaller numbers are raised to it before the logarithm; 0: Offset is added
	Offset float64

	Coefficients int
	DCT          string // "ortho" or "htk"
	Lifter       float64
	Energy       bool

	// Mean is subtracted from the features, which are then divided by Deviation: one
	// number for all features, or one for each.
	Mean, Deviation []float32

	notes []string
	shift int // samples from the beginning of a frame to the multiple of the hop
}

// A Kind is what a front end gives.
type Kind string

// The kinds. Each computes what the one before it computes, and more.
const (
	STFT      Kind = "stft"
	Magnitude Kind = "magnitude"
	Power     Kind = "power"
	Mel       Kind = "mel"
	LogMel    Kind = "logmel"
	MFCC      Kind = "mfcc"
)

// Notes returns what users may not expect of the front end.
func (f *FrontEnd) Notes() []string { return f.notes }

// Bins returns how many frequencies a spectrum has.
func (f *FrontEnd) Bins() int { return f.Points/2 + 1 }

// Width returns how many features a frame has.
func (f *FrontEnd) Width() int {
	switch f.Kind {
	case STFT:
		return 2 * f.Bins()
	case Magnitude, Power:
		return f.Bins()
	case MFCC:
		return f.Coefficients
	}
	return f.Mels
}

// slack returns how many of a step's newest samples a frame leaves out, so that
// frames begin where the framework's do.
func (f *FrontEnd) slack() int {
	if f.Clip {
		return 0
	}
	n := (f.shift - f.Window) % f.Hop
	if n < 0 {
		n += f.Hop
	}
	return n
}

// Delay returns the delay of the frames in steps: the first step would give the first
// frame if it were 0. The frames of the first Delay steps include zeros from before the
// sound.
func (f *FrontEnd) Delay() int {
	if f.Clip {
		return 0
	}
	return (f.Window-f.shift+f.slack())/f.Hop - 1
}

// samples returns how many samples a step of that many frames reads, and how many
// earlier ones it keeps.
func (f *FrontEnd) samples(frames int) (reads, keeps int) {
	if f.Clip {
		return f.Window + (frames-1)*f.Hop, 0
	}
	return frames * f.Hop, max(f.Window+f.slack()-f.Hop, 0)
}

// Model returns a model that computes the features of a frame at each step.
func (f *FrontEnd) Model() (*format.Model, error) {
	b := builder{graph: new(format.Graph)}
	reads, value := b.front(f, 1)
	b.graph.Outputs = []format.Port{{Name: "features", Value: value}}
	m := &format.Model{InputSize: reads, Graph: b.graph, SampleRate: float64(f.Rate) / float64(reads)}
	return m, m.Validate()
}
