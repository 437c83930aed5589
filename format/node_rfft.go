package format

import "github.com/rnnrun/rnnrun/internal/message"

// An RFFT is a discrete Fourier transform of real numbers. Frame t of its value is the transform of the frames from
// t*Stride to t*Stride+Kernel of a step, side by side, times the window, padded with zeros to Size: Size/2+1 real
// parts, and then as many imaginary ones.
type RFFT struct {
	Window WindowFunction
	Kernel int // frames
	Stride int
	Size   int // points
}

// An IRFFT is the inverse of an [RFFT]: it gives the first Count of the Size real numbers whose Fourier transform is
// the frame, times the window. It does not read the imaginary parts of the first and the last frequency, which are 0
// for real numbers.
type IRFFT struct {
	Window WindowFunction
	Count  int
	Size   int // points
}

// A WindowFunction multiplies the numbers of a frame before or after a Fourier transform.
type WindowFunction struct {
	Kind WindowKind
	// Symmetric says that the first of N numbers equals the last: the period is N-1. Otherwise it is N, so that
	// overlapping frames add up evenly. False without a window.
	Symmetric bool
}

// WindowKind is a kind of window functions.
type WindowKind uint8

// The windows, with c = cos(2πj/period). kernels.Cosines says how they are computed.
const (
	WindowNone     WindowKind = iota
	WindowHann                // 0.5 - 0.5 c
	WindowHamming             // 0.54 - 0.46 c
	WindowSqrtHann            // sqrt(0.5 - 0.5 c)
)

// FourierSize reports whether a Fourier transform can have so many points: an even
// number up to 2^16 that is a product of 2, 3, 5 and 7.
func FourierSize(n int) bool {
	if n < 2 || n%2 != 0 || n > 1<<16 {
		return false
	}
	for _, p := range [...]int{2, 3, 5, 7} {
		for n%p == 0 {
			n /= p
		}
	}
	return n == 1
}

// A transform takes memory for each of its points.
type transform interface{ points() int }

func (f *RFFT) points() int  { return f.Size }
func (f *IRFFT) points() int { return f.Size }

// spectrum returns how many numbers a transform has.
func spectrum(size int) int { return size + 2 }

func (f *RFFT) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if !FourierSize(f.Size) || !inRange(f.Kernel) || int64(f.Kernel)*int64(x.Channels) > int64(f.Size) {
		return Value{}, refuse("a Fourier transform of %d×%d numbers in %s, want an even product of 2, 3, 5 and 7 up to %d, and no fewer points than numbers", f.Kernel, x.Channels, message.Count(f.Size, "point"), 1<<16)
	}
	return convolved(x, f.Kernel, f.Stride, 1, spectrum(f.Size))
}

func (f *IRFFT) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	switch {
	case !FourierSize(f.Size) || f.Count < 1 || f.Count > f.Size:
		return Value{}, refuse("%s of a Fourier transform of %s, want an even product of 2, 3, 5 and 7 up to %d, and no more numbers than points", message.Count(f.Count, "number"), message.Count(f.Size, "point"), 1<<16)
	case x.Channels != spectrum(f.Size):
		return Value{}, refuse("%s, want %d for %s", message.Count(x.Channels, "channel"), spectrum(f.Size), message.Count(f.Size, "point"))
	}
	x.Channels = f.Count
	return x, nil
}

func (*RFFT) code() opCode  { return codeRFFT }
func (*IRFFT) code() opCode { return codeIRFFT }

func (f *RFFT) appendNode(b []byte) []byte {
	return appendSizes(f.Window.append(b), f.Kernel, f.Stride, f.Size)
}

func (f *RFFT) readNode(r *record) {
	f.Window = r.window()
	f.Kernel, f.Stride, f.Size = r.size(4), r.size(8), r.size(12)
}

func (f *IRFFT) appendNode(b []byte) []byte {
	return appendSizes(f.Window.append(b), f.Count, f.Size)
}

func (f *IRFFT) readNode(r *record) {
	f.Window = r.window()
	f.Count, f.Size = r.size(4), r.size(8)
}

func (f *RFFT) checkNode() *Error  { return f.Window.check() }
func (f *IRFFT) checkNode() *Error { return f.Window.check() }

// append appends the window to a record: its kind, and whether it is symmetric.
func (w WindowFunction) append(b []byte) []byte {
	b = appendFlag(b, w.Symmetric)
	b[len(b)-4], b[len(b)-3] = uint8(w.Kind), b[len(b)-4]
	return b
}

// window reads a window from the first bytes of a record.
func (r *record) window() WindowFunction {
	r.reserved(2, 4)
	if r.b[1] > 1 {
		r.refuse(ErrUnsupported, 1, "the unknown flag %d", r.b[1])
	}
	return WindowFunction{WindowKind(r.b[0]), r.b[1] == 1}
}

func (w WindowFunction) check() *Error {
	switch {
	case !w.Kind.known():
		return unfit(ErrUnsupported, 0, "has the unknown %v", w.Kind)
	case w.Kind == WindowNone && w.Symmetric:
		return unfit(ErrInvalid, 1, "has no window, but says that it is symmetric")
	}
	return nil
}
