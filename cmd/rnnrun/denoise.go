package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/wav"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A denoising is the command denoise with its flags.
type denoising struct {
	conversion
	in, out string
	delay   int
}

func denoiseCommand() *cobra.Command {
	v := new(denoising)
	c := &cobra.Command{
		Use:   "denoise -m MODEL [flags]",
		Short: "Turn noisy sound into clean sound",
		Long: cli.LongHelp(`Turn sound into sound with a model that gives as many samples per step as it reads:
noise suppression, or an amplifier. Other outputs, such as the probability of speech,
are ignored. Each channel goes through the model by itself. The output has the
encoding and the length of the input.

A model with overlapping frames has a delay: window - hop samples of an STFT. --delay
drops that many samples at the beginning and reads as many zeros at the end, so that
output and input are aligned. A live stream keeps the delay.

`),
		Example: `  rnnrun denoise -m dtln.rnn -i noisy.wav -o clean.wav --delay 384
  arecord -q -t raw -f S16_LE -r 16000 | rnnrun denoise -m dtln.rnn --raw=s16 | aplay -q -t raw -f S16_LE -r 16000
  rnnrun denoise -m rnnoise.rnn -i noisy48k.wav -o clean.wav --delay 480
  rnnrun denoise -m amp.rnn -i guitar.wav -o amp.wav`,
		Args:              cobra.NoArgs,
		PreRunE:           v.check,
		RunE:              v.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &v.model, "")
	cli.ThreadsFlag(c, &v.threads)
	f := c.Flags()
	f.StringVarP(&v.in, "input", "i", "-", "`FILE` to read; -: the standard input")
	f.StringVarP(&v.out, "output", "o", "-", "`FILE` to write; -: the standard output")
	v.addSound(f)
	f.IntVar(&v.delay, "delay", 0, "delay of the model's output, in samples")
	return c
}

func (v *denoising) check(c *cobra.Command, args []string) error {
	if v.delay < 0 || v.delay > wav.MaxRate {
		return fmt.Errorf("--delay %d: give a number of samples up to %d", v.delay, wav.MaxRate)
	}
	return v.conversion.check(c, args)
}

func (v *denoising) run(c *cobra.Command, _ []string) error {
	m, err := openSteps(v.model, v.threads)
	if err != nil {
		return err
	}
	defer m.Close()
	at, alike := soundOutput(m)
	if in := m.Inputs()[0]; !alike || in.Tokens > 0 || in.Frames > 1 && in.Channels > 1 {
		return fmt.Errorf("denoise needs a model that reads samples of one channel and gives as many per step, but %s does not; see 'rnnrun inspect %s'", v.model, v.model)
	}
	if v.outputs, err = cli.ClaimOutputs([]string{v.model, v.in}, cli.Output{Flag: "-o", Path: outputPath(v.out)}); err != nil {
		return err
	}
	defer v.outputs.Release()
	from, name := c.InOrStdin(), "stdin"
	if v.in != "-" {
		f, err := os.Open(v.in)
		if err != nil {
			return err
		}
		defer f.Close()
		from, name = f, v.in
	}
	sound := v.sound(m)
	sound.Channels = 0
	if v.raw == "f32" {
		sound.Raw = wav.Float32
	}
	in, err := sound.Open(bufio.NewReader(from))
	if err != nil {
		return &series.Error{Name: name, Err: err}
	}
	out, err := openOutput(v.out, c.OutOrStdout())
	if err != nil {
		return err
	}
	defer out.abandon()
	v.outputs.OnInterrupt(out.abandon)
	w, err := v.writer(out.Writer, sound)
	if err != nil {
		return err
	}
	d := newDenoiser(m, at, w, sound.Format().Channels, v.delay)
	if err := d.run(in); err != nil {
		return &series.Error{Name: name, Err: err}
	}
	d.note(c.ErrOrStderr(), sound.Format().Encoding)
	return out.commit()
}

// outputPath returns the path of a file; "": the standard output.
func outputPath(path string) string {
	if path == "-" {
		return ""
	}
	return path
}

// writer returns a writer of a WAV file, or of raw samples if the input has none and the
// name of the output does not ask for one.
func (v *denoising) writer(w io.Writer, sound *series.Sound) (*wav.Writer, error) {
	if sound.Raw != wav.Unknown && series.KindOf(v.out) != series.KindSound {
		return wav.NewRawWriter(w, sound.Format())
	}
	if v.out == "-" && isTerminal(w) {
		return nil, cli.Usagef("the output is sound, and the standard output is a terminal: give -o FILE")
	}
	return wav.NewWriter(w, sound.Format())
}

// A denoiser runs the sound of a reader through the model, and writes it.
type denoiser struct {
	sessions []*rnn.Session // one for each channel
	w        *wav.Writer
	at       int // offset of the sound in a step's outputs
	step     int // frames
	delay    int // frames of the output that are dropped
	frames   int // of the input
	written  int // of the output, with the delay
	bad      int // samples that are not finite
	ended    bool
	x        []float32 // samples of one channel for a step
	y        []float32 // samples of all channels for a step
}

// newDenoiser returns a denoiser for frames of that many channels. at is the offset of
// the sound in a step's outputs.
func newDenoiser(m *rnn.Model, at int, w *wav.Writer, channels, delay int) *denoiser {
	d := &denoiser{w: w, at: at, step: m.Inputs()[0].Frames * m.Inputs()[0].Channels, delay: delay, sessions: make([]*rnn.Session, channels)}
	for i := range d.sessions {
		d.sessions[i] = m.NewSession()
	}
	d.x, d.y = make([]float32, d.step), make([]float32, d.step*channels)
	return d
}

// run reads to the end, in blocks of the steps that are available.
func (d *denoiser) run(in series.Samples) error {
	const most = 256 // frames at once, if a step has fewer
	channels := len(d.sessions)
	size := d.step * channels
	block := make([]float32, max(most/d.step, 1)*size)
	for n := 0; !d.ended; {
		k, err := in.Read(block[n:])
		if n += k; err != nil && err != io.EOF {
			return err
		}
		d.frames += k / channels
		d.ended = err == io.EOF
		if d.ended && n > 0 {
			whole := (n + size - 1) / size * size
			clear(block[n:whole])
			n = whole
		}
		done := n / size * size
		for at := 0; at < done; at += size {
			if err := d.answer(block[at : at+size]); err != nil {
				return err
			}
		}
		n = copy(block, block[done:n])
		if err := d.w.Flush(); err != nil {
			return err
		}
	}
	clear(block[:size])
	for d.written < d.frames+d.delay {
		if err := d.answer(block[:size]); err != nil {
			return err
		}
	}
	return d.w.Close()
}

// answer runs a step of each channel, and writes the frames that belong to the output.
func (d *denoiser) answer(xs []float32) error {
	channels := len(d.sessions)
	for c, s := range d.sessions {
		for i := range d.x {
			if d.x[i] = xs[i*channels+c]; d.x[i]-d.x[i] != 0 {
				d.x[i] = 0
				d.bad++
			}
		}
		y, err := s.Step(d.x)
		if err != nil {
			return err
		}
		for i, sample := range y[d.at:][:d.step] {
			d.y[i*channels+c] = sample
		}
	}
	from, to := min(max(d.delay-d.written, 0), d.step), d.step
	if d.ended {
		to = max(min(d.step, d.frames+d.delay-d.written), from)
	}
	d.written += d.step
	return d.w.Write(d.y[from*channels : to*channels])
}

// note reports invalid and clipped samples.
func (d *denoiser) note(w io.Writer, e wav.Encoding) {
	if d.bad > 0 {
		fmt.Fprintf(w, "rnnrun: read %s of the input as 0 instead of NaN or an infinity\n", message.Count(d.bad, "sample"))
	}
	if n := d.w.Clipped(); n > 0 {
		fmt.Fprintf(w, "rnnrun: clipped %s of the output to the range of %v\n", message.Count(n, "sample"), e)
	}
}
