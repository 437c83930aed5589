package frontend

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// mostWeights is how many weights the triangles have, far more than any framework's.
const mostWeights = 1 << 22

// check refuses settings that do not fit together, and sets where frames begin.
func (f *FrontEnd) check() error {
	cut := f.Triangles == "sonopy" || f.Triangles == "python_speech_features"
	switch {
	case !format.FourierSize(f.Points):
		return refuse("has fft=%d, want an even product of 2, 3, 5 and 7", f.Points)
	case f.Window > f.Points && !cut:
		return refuse("has frames of %s, which do not fit into fft=%d", message.Count(f.Window, "sample"), f.Points)
	case f.Kind == STFT || f.Kind == Magnitude || f.Kind == Power:
	case f.Mels*f.Bins() > mostWeights:
		return refuse("has mels=%d of fft=%d, which are too many", f.Mels, f.Points)
	case f.Low < 0 || f.High <= f.Low || f.High > float64(f.Rate)/2:
		return refuse("has low=%g and high=%g, want 0 ≤ low < high ≤ %g", f.Low, f.High, float64(f.Rate)/2)
	case f.Triangles == "sonopy" && (f.Low != 0 || f.High != float64(f.Rate)/2):
		return refuse("has low or high, but sonopy's triangles reach from 0 to the rate")
	case f.Kind == MFCC && f.Energy && (f.InFrame || f.RemoveDC):
		return refuse("has energy=yes, which is not supported for frames that are changed one by one")
	case f.Povey && f.Function.Symmetric:
		return refuse("has function=povey, which is always symmetric")
	case f.Exponent == 1 && (f.Density || f.Energy):
		return refuse("has exponent=1, but density and energy need powers")
	case f.Kind == Mel:
	case (f.Floor > 0) == (f.Offset > 0) || f.Floor < 0 || f.Offset < 0 || f.Floor > 0 && f.Floor < 0x1p-126:
		return refuse("has floor=%g and offset=%g, want one of the two above 0", f.Floor, f.Offset)
	case f.Kind == LogMel:
	case f.Coefficients > f.Mels:
		return refuse("has coefficients=%d of mels=%d", f.Coefficients, f.Mels)
	}
	if f.Center {
		f.shift = f.Window / 2
	}
	if f.Center && f.Clip {
		return refuse("has center=yes and clip=yes, but the ends of a clip are not mirrored")
	}
	f.Window = min(f.Window, f.Points) // as numpy's rfft reads only the first numbers
	if f.Deviation != nil && f.Deviation[0] == 0 {
		return refuse("has deviation=0")
	}
	if f.Kind == Mel || f.Kind == LogMel || f.Kind == MFCC {
		f.noteEmpty()
	}
	return nil
}

// noteEmpty notes triangles that no frequency is in: their logarithm is always that of
// the floor.
func (f *FrontEnd) noteEmpty() {
	bank, bins := f.bank(), f.Bins()
	empty := 0
	for m := range f.Mels {
		sum := 0.0
		for k := range bins {
			sum += bank[k*f.Mels+m]
		}
		if sum == 0 {
			empty++
		}
	}
	if empty > 0 {
		f.notes = append(f.notes, fmt.Sprintf("%d of %d triangles have no frequency in them: fewer mels or a longer fft would fill them", empty, f.Mels))
	}
}
