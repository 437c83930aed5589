package main

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/vad"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A detection is the command vad with its flags.
type detection struct {
	conversion
	input                          string
	port                           string
	threshold, release             float64
	minSpeech, minSilence, padding time.Duration
	events                         bool
}

func vadCommand() *cobra.Command {
	v := new(detection)
	c := &cobra.Command{
		Use:   "vad [flags]",
		Short: "Find speech in sound (voice activity detection)",
		Long: cli.LongHelp(`Find speech with a model that gives the probability of speech at every step. Each
segment is a line with its start and end in seconds:

    start <TAB> end

Speech begins when the probability reaches --threshold and ends when it has stayed
below --release for --min-silence. Segments shorter than --min-speech are ignored; the
others are extended by --pad on both sides. A segment is written when its end is known;
--events also writes its start, as soon as it is long enough:

    start <TAB> seconds
    end   <TAB> seconds

The sound is a WAV file or stream, or raw samples (--raw=s16). A model with several outputs
needs --output.

`),
		Example: `  rnnrun vad -i meeting.wav
  arecord -q -t raw -f S16_LE -r 16000 | rnnrun vad --raw=s16 --events
  rnnrun vad -i telephone.wav --resample
  rnnrun vad -m silero.rnn -i meeting.wav --json --threshold 0.6 --min-silence 500ms`,
		Args:              cobra.NoArgs,
		PreRunE:           v.check,
		RunE:              v.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &v.model, cli.Builtin+"vad")
	cli.ThreadsFlag(c, &v.threads)
	f := c.Flags()
	f.StringVarP(&v.input, "input", "i", "-", "`FILE` to read; -: the standard input")
	v.addSound(f)
	f.StringVar(&v.port, "output", "", "the output with the probability of speech, if the model has several outputs")
	f.Float64Var(&v.threshold, "threshold", 0.5, "probability at which speech begins")
	f.Float64Var(&v.release, "release", -1, "probability below which speech ends (default 0.15 below the threshold)")
	f.Lookup("release").DefValue = "0" // the usage tells the default
	f.DurationVar(&v.minSpeech, "min-speech", 250*time.Millisecond, "shortest speech that counts")
	f.DurationVar(&v.minSilence, "min-silence", 100*time.Millisecond, "silence that ends speech")
	f.DurationVar(&v.padding, "pad", 30*time.Millisecond, "time to add before and after speech, at most half of --min-silence")
	f.BoolVar(&v.events, "events", false, "write the start and the end of each segment as soon as they are known")
	f.BoolVar(&v.json, "json", false, "write one JSON object per line")
	return c
}

func (v *detection) check(c *cobra.Command, args []string) error {
	if v.release < 0 {
		v.release = max(v.threshold-0.15, 0.01)
	}
	o := vad.Options{Threshold: float32(v.threshold), Release: float32(v.release)}
	if err := o.Check(); err != nil {
		return err
	}
	for _, t := range []struct {
		flag string
		time time.Duration
	}{{"min-speech", v.minSpeech}, {"min-silence", v.minSilence}, {"pad", v.padding}} {
		if t.time < 0 {
			return fmt.Errorf("--%s %v must not be negative", t.flag, t.time)
		}
	}
	return v.conversion.check(c, args)
}

func (v *detection) run(c *cobra.Command, _ []string) error {
	m, err := openSteps(v.model, v.threads)
	if err != nil {
		return err
	}
	defer m.Close()
	at, err := v.place(m)
	if err != nil {
		return err
	}
	v.inputFlags = []string{v.input}
	if err := v.connect(m); err != nil {
		return err
	}
	source := v.source(m, c.InOrStdin())
	defer source.Close()
	r, o, err := source.Open()
	if err != nil {
		return notSound(m, &o, err)
	}
	w := &segmentWriter{w: c.OutOrStdout(), at: at, width: answerWidth(m), events: v.events, asJSON: v.json, seconds: o.Sound.StepSeconds()}
	if o.Kind != series.KindSound && m.SampleRate() > 0 {
		w.seconds = 1 / m.SampleRate()
	}
	if w.seconds == 0 {
		return cli.Usagef("%s: the duration of a step is unknown: give a WAV file, or --rate with --raw=s16", o.Name)
	}
	if w.segments.Options, err = v.options(w.seconds); err != nil {
		return err
	}
	k := newConverter(m.NewSession(), r, &o, c.ErrOrStderr())
	k.out = w
	k.check()
	if err := k.sequences(); err != nil {
		return notSound(m, &o, err)
	}
	if w.sequences == 0 {
		return fmt.Errorf("%s is empty: give a WAV file, or raw samples with --raw=s16", o.Name)
	}
	return k.leftOut()
}

// place returns the index of the probability in the outputs of a step.
func (v *detection) place(m *rnn.Model) (int, error) {
	if m.Pooled() {
		return 0, fmt.Errorf("vad needs a model with an output at every step, but %s has one per sequence; see 'rnnrun inspect %s'", v.model, v.model)
	}
	at := 0
	var names []string
	for _, out := range m.Outputs() {
		width := out.Frames * out.Channels
		if width == 1 && !out.Sequence && (out.Name == v.port || v.port == "" && answerWidth(m) == 1) {
			return at, nil
		}
		if !out.Sequence {
			at += width
		}
		if width == 1 {
			names = append(names, out.Name)
		}
	}
	if v.port == "" && len(names) > 0 {
		return 0, cli.Usagef("the model has several outputs: give --output, one of %s", message.List(names))
	}
	return 0, fmt.Errorf("%s has no output with one number per step, the probability of speech; see 'rnnrun inspect %s'", v.model, v.model)
}

// options converts times to steps of that many seconds.
func (v *detection) options(step float64) (vad.Options, error) {
	o := vad.Options{Threshold: float32(v.threshold), Release: float32(v.release)}
	o.SetTimes(vad.Times{MinSpeech: v.minSpeech.Seconds(), MinSilence: v.minSilence.Seconds(), Pad: v.padding.Seconds()}, step)
	if err := o.Check(); err != nil {
		return o, cli.Usagef("%w", err)
	}
	return o, nil
}

// A segmentWriter finds the segments of speech in probabilities, and writes them. It
// writes sequences one after the other, each from 0 seconds.
type segmentWriter struct {
	w         io.Writer
	at        int // index of the probability in an answer
	width     int // numbers in an answer
	seconds   float64
	segments  vad.Segmenter
	sequences int // ended
	events    bool
	asJSON    bool
}

func (c *segmentWriter) Write(ys []float32) error {
	for ; len(ys) > 0; ys = ys[c.width:] {
		if err := c.push(ys[c.at]); err != nil {
			return err
		}
	}
	return nil
}

// Skip treats a step that could not be read as one without speech.
func (c *segmentWriter) Skip() error { return c.push(float32(math.NaN())) }

func (c *segmentWriter) push(p float32) error {
	if s, ok := c.segments.Push(p); ok {
		return c.segment(s)
	}
	if start, ok := c.segments.Began(); ok && c.events {
		return c.event("start", start)
	}
	return nil
}

func (c *segmentWriter) End() error {
	c.sequences++
	s, ok := c.segments.Close()
	c.segments = vad.Segmenter{Options: c.segments.Options}
	if !ok {
		return nil
	}
	return c.segment(s)
}

func (c *segmentWriter) Flush() error { return nil }
func (c *segmentWriter) Close() error { return nil }

// time returns the duration of that many steps in seconds, to the millisecond.
func (c *segmentWriter) time(steps int) float64 {
	return math.Round(float64(steps)*c.seconds*1000) / 1000
}

func (c *segmentWriter) segment(s vad.Segment) error {
	switch {
	case c.events:
		return c.event("end", s.End)
	case c.asJSON:
		return cli.WriteJSON(c.w, cli.Object{"start", c.time(s.Start), "end", c.time(s.End)})
	}
	_, err := fmt.Fprintf(c.w, "%.3f\t%.3f\n", c.time(s.Start), c.time(s.End))
	return err
}

func (c *segmentWriter) event(name string, step int) error {
	if c.asJSON {
		return cli.WriteJSON(c.w, cli.Object{"event", name, "time", c.time(step)})
	}
	_, err := fmt.Fprintf(c.w, "%s\t%.3f\n", name, c.time(step))
	return err
}
