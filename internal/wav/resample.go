package wav

import (
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/roots"
)

// zeros is the number of zero crossings of the sinc on each side, at the lower of the two
// rates.
const zeros = 32

// A Resampler reads samples at another rate. It uses a windowed sinc (Hann) with a cutoff
// of half the lower rate, and a set of taps for each phase. A sample is one sum of
// rounded products, in a fixed order, so it has the same bits on every device.
type Resampler struct {
	in       interface{ Read([]float32) (int, error) }
	channels int
	up, down int         // rates in lowest terms
	taps     [][]float32 // for each of the up phases
	half     int         // taps before the position of a sample
	history  []float32   // frames from first on
	first    int64       // index of the first frame of the history
	ended    int64       // frames of the input; -1: not known yet
	place    int64       // position of the next frame of the output, in units of 1/up frames of the input
	err      error
	block    []float32
}

// Resample returns a reader that converts the frames of in from the rate from to the rate
// to.
func Resample(in interface{ Read([]float32) (int, error) }, from, to, channels int) (*Resampler, error) {
	g := gcd(from, to)
	r := &Resampler{in: in, channels: channels, up: to / g, down: from / g, ended: -1, block: make([]float32, 1024*channels)}
	r.half = (zeros*max(r.up, r.down) + r.up - 1) / r.up
	if r.up > 1<<12 || r.half > 1<<12 {
		return nil, fmt.Errorf("%w: the ratio of %d to %d samples per second is not simple enough: convert the sound before, for instance with sox", ErrEncoding, from, to)
	}
	for phase := range r.up {
		r.taps = append(r.taps, r.phase(phase))
	}
	r.history = make([]float32, r.half*channels) // silence before the beginning
	r.first = -int64(r.half)
	return r, nil
}

// phase returns the taps for a position between two frames, phase/up after the first.
func (r *Resampler) phase(phase int) []float32 {
	weights := make([]float64, 2*r.half)
	sum := 0.0
	for i := range weights {
		x := (i-r.half+1)*r.up - phase // distance from the position, in units of 1/up frames
		weights[i] = sinc(x, max(r.up, r.down)) * hann(x, r.half*r.up)
		sum += weights[i]
	}
	taps := make([]float32, len(weights))
	for i, w := range weights {
		taps[i] = float32(w / sum)
	}
	return taps
}

// sinc returns sin(πx/n) / (πx/n).
func sinc(x, n int) float64 {
	if x == 0 {
		return 1
	}
	_, sin := roots.Unity((x%(2*n)+2*n)%(2*n), 2*n)
	return sin / (math.Pi * float64(x) / float64(n))
}

// hann returns the weight of the window at x. It is 0 at -n and n.
func hann(x, n int) float64 {
	if x < 0 {
		x = -x
	}
	cos, _ := roots.Unity(min(x, n), 2*n)
	return 0.5 + float64(0.5*cos)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Read reads frames into dst, as [Reader.Read] does.
func (r *Resampler) Read(dst []float32) (n int, err error) {
	for n+r.channels <= len(dst) {
		frame := r.place / int64(r.up) // last frame of the input at or before the position
		if r.ended >= 0 && frame >= r.ended {
			return n, r.err
		}
		need := frame + int64(r.half) + 1 - r.first // number of frames of the history
		if int64(len(r.history)/r.channels) < need {
			if n > 0 && r.ended < 0 {
				return n, nil
			}
			if err := r.more(need); err != nil {
				return n, err
			}
			continue
		}
		taps := r.taps[r.place%int64(r.up)]
		from := int(frame-int64(r.half)+1-r.first) * r.channels
		for c := range r.channels {
			sum := float32(0)
			for i, tap := range taps {
				sum += float32(tap * r.history[from+i*r.channels+c])
			}
			dst[n+c] = sum
		}
		n += r.channels
		r.place += int64(r.down)
	}
	return n, nil
}

// more reads until the history has need frames. Frames after the end are silence.
func (r *Resampler) more(need int64) error {
	if old := r.place/int64(r.up) - int64(r.half) + 1 - r.first; old > 4096 {
		r.history = append(r.history[:0], r.history[int(old)*r.channels:]...)
		r.first += old
		need -= old
	}
	if r.ended >= 0 {
		r.history = append(r.history, make([]float32, int(need)*r.channels-len(r.history))...)
		return nil
	}
	k, err := r.in.Read(r.block)
	r.history = append(r.history, r.block[:k]...)
	if err == io.EOF {
		r.ended, r.err = r.first+int64(len(r.history)/r.channels), err
		return nil
	}
	return err
}
