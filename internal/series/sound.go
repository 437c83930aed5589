package series

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/wav"
)

// A Sound has the settings for a reader and a writer of sound. A step is one or more
// frames of samples, in the order of the file.
type Sound struct {
	Channels int          // samples per frame that a model reads; 0: any number
	Rate     float64      // frames per second that the model was made for; 0: unknown
	Raw      wav.Encoding // encoding of samples without a header
	RawRate  int          // rate of samples without a header; 0: Rate
	Resample bool         // convert sound of any rate to Rate

	format wav.Format // format of the input, with the rate at which it is read
	width  int        // numbers per step of the input
	frames int64      // frames read, without the zeros after the end
}

// Open returns the samples of r, and records their format. The error wraps [ErrWidth],
// [ErrRate], or an error of package wav.
func (s *Sound) Open(r *bufio.Reader) (Samples, error) {
	in, err := s.open(r)
	if err != nil {
		return nil, err
	}
	s.format = in.Format()
	if s.Channels > 0 && s.format.Channels != s.Channels {
		return nil, fmt.Errorf("%w: it has %s, but the model reads %d: mix them, for instance with: sox IN.wav OUT.wav remix -",
			ErrWidth, message.Count(s.format.Channels, "channel"), s.Channels)
	}
	rate := float64(s.format.Rate)
	switch {
	case s.Rate == 0 && s.Resample:
		return nil, fmt.Errorf("%w: --resample: the model does not record its sample rate", ErrRate)
	case s.Rate == 0 || rate == s.Rate:
		return in, nil
	case !s.Resample:
		return nil, fmt.Errorf("%w: it has %v samples per second, but the model was made for %v: give --resample", ErrRate, rate, s.Rate)
	case s.Rate != math.Trunc(s.Rate):
		return nil, fmt.Errorf("%w: the model was made for %v samples per second, which is not a whole number", ErrRate, s.Rate)
	}
	s.format.Rate = int(s.Rate)
	return wav.Resample(in, int(rate), s.format.Rate, s.format.Channels)
}

func (s *Sound) open(r *bufio.Reader) (*wav.Reader, error) {
	if s.Raw == wav.Unknown {
		return wav.NewReader(r)
	}
	f := wav.Format{Encoding: s.Raw, Channels: max(s.Channels, 1), Rate: s.RawRate}
	if f.Rate == 0 {
		f.Rate = max(int(s.Rate), 1)
	}
	return wav.NewRawReader(r, f)
}

// StepSeconds returns the duration of a step of the input; 0: unknown.
func (s *Sound) StepSeconds() float64 {
	if s == nil || s.format.Rate < 2 {
		return 0
	}
	return float64(s.width) / float64(s.format.Channels) / float64(s.format.Rate)
}

// Format returns the format of the samples, with the rate at which they are read.
func (s *Sound) Format() wav.Format { return s.format }

// Samples are frames, a sample of each channel after the other, as [wav.Reader.Read] gives
// them.
type Samples interface {
	Read(dst []float32) (int, error)
}

// A soundReader reads sound as one sequence, with zeros after the end up to a whole step.
type soundReader[T Number] struct {
	in      Samples
	o       Options
	started bool
	part    []float32 // the start of a step
	err     error     // to return after the samples that have been read
}

func newSoundReader[T Number](r *bufio.Reader, o Options) (Reader[T], error) {
	if isToken[T]() {
		return nil, &Error{Name: o.Name, Err: ErrShape, Cause: "it is sound, but the model reads tokens"}
	}
	if o.Sound == nil {
		o.Sound = new(Sound)
	}
	in, err := o.Sound.Open(r)
	if err != nil {
		return nil, &Error{Name: o.Name, Err: err}
	}
	if o.Sound.width = o.Width; o.Width%o.Sound.format.Channels != 0 {
		return nil, &Error{Name: o.Name, Err: ErrWidth, Cause: fmt.Sprintf("%s, but a step of the model has %s", message.Count(o.Sound.format.Channels, "channel"), message.Count(o.Width, "number"))}
	}
	return &soundReader[T]{in: in, o: o}, nil
}

func (c *soundReader[T]) Layout() Layout { return Layout{Sequences: 1, Steps: -1} }

func (c *soundReader[T]) Next() error {
	if c.started {
		return io.EOF
	}
	c.started = true
	return nil
}

func (c *soundReader[T]) Read(dst []T) (int, error) {
	xs := any(dst).([]float32)
	n := copy(xs, c.part)
	c.part = c.part[:0]
	for c.err == nil {
		var k int
		k, c.err = c.in.Read(xs[n:])
		c.o.Sound.frames += int64(k / c.o.Sound.format.Channels)
		if n += k; n >= c.o.Width {
			break
		}
	}
	whole := n - n%c.o.Width
	switch {
	case c.err == io.EOF && whole < n:
		clear(xs[n : whole+c.o.Width])
		return whole + c.o.Width, nil
	case c.err == nil || whole > 0:
		c.part = append(c.part, xs[whole:n]...)
		return whole, nil
	case c.err == io.EOF:
		return 0, io.EOF
	}
	return 0, &Error{Name: c.o.Name, Err: c.err}
}

// A soundWriter writes sound that is as long as the input.
type soundWriter struct {
	w       *wav.Writer
	sound   *Sound
	width   int   // numbers per step
	written int64 // numbers written
}

func newSoundWriter(w io.Writer, o Output) (Writer, error) {
	s := o.Sound
	if s == nil {
		s = new(Sound)
	}
	f := wav.Format{Encoding: s.format.Encoding, Channels: max(o.Channels, 1)}
	if f.Encoding == wav.Unknown {
		f.Encoding = wav.Float32
	}
	rate := float64(s.format.Rate)
	if s.width > 0 {
		rate *= float64(o.Width) / float64(f.Channels) / (float64(s.width) / float64(s.format.Channels))
	} else {
		rate = s.Rate
	}
	f.Rate = int(rate)
	switch {
	case o.Pooled:
		return nil, fmt.Errorf("%w: the model has one output per sequence, which is not sound", ErrShape)
	case rate != float64(f.Rate) || f.Rate < 1:
		return nil, fmt.Errorf("%w: sound cannot have %v samples per second; write CSV, .npy or .f32", ErrRate, rate)
	}
	c := &soundWriter{sound: s, width: o.Width}
	var err error
	if s.Raw != wav.Unknown && !o.Header {
		c.w, err = wav.NewRawWriter(w, f)
	} else {
		c.w, err = wav.NewWriter(w, f)
	}
	return c, err
}

func (c *soundWriter) Write(ys []float32) error {
	c.written += int64(len(ys))
	if c.sound.width > 0 {
		numbers := c.sound.frames * int64(c.sound.format.Channels) * int64(c.width) / int64(c.sound.width)
		if beyond := c.written - numbers; beyond > 0 {
			ys = ys[:max(int64(len(ys))-beyond, 0)]
		}
	}
	return c.w.Write(ys)
}

// Skip writes silence.
func (c *soundWriter) Skip() error  { return c.Write(make([]float32, c.width)) }
func (c *soundWriter) End() error   { return nil }
func (c *soundWriter) Flush() error { return c.w.Flush() }
func (c *soundWriter) Close() error { return c.w.Close() }
