package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A conversion is the command run with its flags.
type conversion struct {
	model                   string
	threads                 cli.Threads
	inputFlags, outputFlags []string
	input, output           ports.Files
	header, strict          bool
	raw                     string // encoding of numbers without a header
	rate                    int    // samples per second of raw sound
	resample                bool
	lengths                 string
	stateIn, stateOut       string
	columns, keep           string // of a CSV, between commas
	json, label             bool
	anomaly                 bool // write a score and a flag after the outputs
	window                  windowFlags
	groups                  groupFlags
	stepsOfGroups           bool // divide steps into the groups of training even if each step has an answer
	pad                     padding
	hysteresis              hysteresis // of classes
	without                 []string   // labels whose answers are not written
	changes                 bool       // write only answers that differ from the last one
	classifies              bool       // for classify, which writes text and all columns that are not read

	outputs *cli.Outputs
}

func runCommand() *cobra.Command {
	v := new(conversion)
	c := &cobra.Command{
		Use:   "run -m MODEL [flags]",
		Short: "Run a model on sequences of numbers",
		Long:  cli.LongHelp(runHelp, windowsHelp, groupsHelp, padHelp),
		Example: `  rnnrun run -m forecast.rnn -i week.npy -o next.npy
  rnnrun run -m forecast.rnn -i week.csv --keep time > next.csv
  sensor | rnnrun run -m gestures.rnn --columns ax,ay,az --keep all --json
  rnnrun run -m amp.rnn -i guitar.wav -o amp.wav
  sensor | rnnrun run -m pump.rnn --anomaly --keep time
  sensors | rnnrun run -m pump.rnn --anomaly --group pump --time seconds --gap 60
  arecord -q -t raw -f S16_LE -r 16000 | rnnrun run -m voice.rnn --raw=s16
  rnnrun run -m tagger.rnn -i batch.npy --lengths 17,9,12 -o tags.npy
  rnnrun run -m forecast.rnn -i day2.csv --state-in day1.npz --state-out day2.npz`,
		Args:              cobra.NoArgs,
		PreRunE:           v.check,
		RunE:              v.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	v.add(c)
	return c
}

const runHelp = `Turn sequences of numbers, or of tokens' ids, into the model's outputs. T is
the number of steps, I of inputs, O of outputs, N of sequences:

    input    .npy [T, I] or [N, T, I]; for tokens integers [T] or [N, T];
             for one number per step [T] or [N, T];
             CSV with one step per line and an empty line between sequences;
             lines of JSON: a step {"ax":1,"ay":2} or [1,2], or a sequence
             [[1,2],[3,4]] or {"inputs":[[1,2],[3,4]],"id":7};
             --raw: one sequence of little-endian float32 (tokens: int32);
             WAV, or --raw=s16 (s24, s32) from a recorder: one sequence of samples, as
             many per step as the model reads; zeros fill the last step
    output   [T, O] or [N, T, O] if the model has an output at every step,
             [O] or [N, O] if it has one output per sequence
If a step has F frames of C numbers (or tokens), a row is a step if the shape allows
it ([T, F*C] or [T, F, C]), and otherwise a frame ([T*F, C]); the rows of the output
are then frames, too. A sequence that ends within a step is refused.
A model with several inputs reads them side by side from one file, from one file for
each (-i NAME=FILE), or from an .npz with an array for each. Several outputs are
written to -o FILE, -o NAME=FILE or -o FILE.npz. 'rnnrun inspect' shows the names.

A CSV has commas, semicolons or tabs between fields; with semicolons or tabs, numbers
may have decimal commas. If the first line names the columns of training, or of
--columns, they are read by name, in any order, and the output has a header line, too
(but not with --header, which skips the line, unless --columns is given). The columns
of a JSON object are its members, those of a list are 0, 1, …; an object may have a list
as its member inputs, values or sequence. The first line decides whether a line is a
step or a sequence.
--keep repeats other columns, such as a time, before the outputs. --label writes
label,probability for a classifier, and --json everything in one line:

    {"sequence":0,"step":7,"line":9,"kept":{"time":"10:07"},"outputs":[0.1,0.9],
     "label":"walk","probability":0.9}

Named outputs and several outputs are an object. NaN and infinities, and the outputs of
a step that cannot be read, are null.

--anomaly is for models of rnntrain forecast --anomaly. After the outputs of a step it
writes score, the distance of the step from its prediction or of its level from the
usual level, and anomaly: 1 from a score above the threshold until scores have been low
for --hold steps (rnntrain forecast), otherwise 0. Older models compare each step with
the threshold. The first step of a sequence has no prediction, so its score is NaN, and
so is the first score after --state-in if the file was written without --anomaly.

--lengths gives the number of steps of each sequence in an array that is padded to the
longest: the reverse direction of a bidirectional model starts at a sequence's own end,
a model with one output gives it after the last step, and outputs beyond the end are
zeros.

--state-in and --state-out are .npz files of the states before the first step
and after the last one, as PyTorch has them:

    h_n [layers * directions, N, hidden size], for LSTMs also c_n; also read as
    h0 and c0, or ONNX's initial_h and initial_c. If the layers' sizes differ,
    h0 and c0, h1 and c1, … for each recurrent layer [directions, N, size]

without N for one sequence, and snapshot [N, words], the complete state of a
unidirectional model including pools, positions and the model's fingerprint, so that
another model's file is refused; with --anomaly also detector, the prediction of the
next step. A stream therefore resumes with the same bits. A file without snapshot, such
as one made by hand, gives the initial states of sequences.

After SIGTERM, SIGINT, SIGHUP, SIGQUIT or an error in the input, the states after the
last step are still written; if an output cannot be written, the file stays as it was. If
both flags name the same file, it need not exist at the first start.

A WAV file is refused if its sample rate is not the model's; --resample converts it. If
the model gives as many numbers as it reads, the output is sound of the same length and
encoding, otherwise CSV, unless the extension of its file says otherwise.

On a pipe, each output is written at once; a bidirectional model first reads to the
end of the sequence. The extension tells the kind of a file (.npy, .csv, .f32, .wav).
The output has the kind of the input unless its extension says otherwise. An output
file appears when it is complete.

A step that cannot be read (a malformed line; NaN, an infinity or a number beyond
float32; an unknown token) is reported with its line or step and skipped: the states
do not change, its answer is an empty line (NaN in binary output), and the exit code
is 1 at the end. With --strict, the command stops at the first such step.

`

func (v *conversion) add(c *cobra.Command) {
	cli.ModelFlag(c, &v.model, "")
	cli.ThreadsFlag(c, &v.threads)
	f := c.Flags()
	f.StringArrayVarP(&v.inputFlags, "input", "i", []string{"-"}, "`FILE` to read, or NAME=FILE for an input of the model; -: the standard input")
	f.StringArrayVarP(&v.outputFlags, "output", "o", []string{"-"}, "`FILE` to write, or NAME=FILE for an output of the model; -: the standard output")
	v.addSound(f)
	f.StringVar(&v.lengths, "lengths", "", "steps of each sequence of an array: 7,3,5 or a .npy file")
	f.StringVar(&v.stateIn, "state-in", "", "an .npz file with the states before the first step")
	f.StringVar(&v.stateOut, "state-out", "", "an .npz file for the states after the last step")
	v.addLines(f)
	f.BoolVar(&v.anomaly, "anomaly", false, "write a score and a flag of 0 or 1 after the outputs: how unexpected the step was")
	v.window.add(f)
	v.groups.add(f)
	v.pad.add(f)
	v.hysteresis.hold = 1
}

// addLines adds the flags that say how lines are read and answered.
func (v *conversion) addLines(f *pflag.FlagSet) {
	f.BoolVar(&v.strict, "strict", false, "stop at the first step that cannot be read")
	f.BoolVar(&v.header, "header", false, "skip the first line of a CSV, which names the columns")
	f.StringVar(&v.columns, "columns", "", "columns of a CSV to read, by name or number from 0: ax,ay")
	f.StringVar(&v.keep, "keep", "", "columns of a CSV to repeat beside the outputs: time; all: all that are not read")
	f.BoolVar(&v.json, "json", false, "write a JSON object for each step or sequence")
	f.BoolVar(&v.label, "label", false, "write the class and its probability instead of the outputs")
}

// check refuses invalid combinations of flags.
func (v *conversion) check(c *cobra.Command, _ []string) error {
	if err := v.window.check(c.Flags().Changed); err != nil {
		return err
	}
	if err := v.groups.check(c.Flags().Changed); err != nil {
		return err
	}
	if err := v.pad.check(); err != nil {
		return err
	}
	if v.model == "" {
		return fmt.Errorf("give a model: -m MODEL")
	}
	if v.raw != "" && v.header {
		return fmt.Errorf("--header is for CSV, not for --raw")
	}
	if err := v.checkSound(); err != nil {
		return err
	}
	if v.json && v.label {
		return fmt.Errorf("--json already writes the label: leave out --label")
	}
	return nil
}

func (v *conversion) run(c *cobra.Command, _ []string) error {
	m, err := openSteps(v.model, v.threads)
	if err != nil {
		return err
	}
	defer m.Close()
	v.stepsOfGroups = true
	if err := v.connect(m); err != nil {
		return err
	}
	if err := v.claim(); err != nil {
		return err
	}
	defer v.outputs.Release()
	s := m.NewSession()
	return v.convert(s, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
}

// claim checks that the outputs and the states can be written.
func (v *conversion) claim() (err error) {
	outputs := []cli.Output{{Flag: "--state-out", Path: v.stateOut, Replaces: v.stateIn}}
	for _, path := range v.output.Paths() {
		if path != "-" {
			outputs = append([]cli.Output{{Flag: "-o", Path: path, Replaces: v.input.All}}, outputs...)
		}
	}
	v.outputs, err = cli.ClaimOutputs(append([]string{v.model, v.lengths, v.stateIn}, v.input.Paths()...), outputs...)
	return err
}

// outputKind returns the kind of the output for an input of that kind. Binary output
// never goes to a terminal.
func (v *conversion) outputKind(m *rnn.Model, input series.Kind, stdout io.Writer) (series.Kind, error) {
	kind := series.KindOf(v.output.All)
	switch {
	case v.classifies:
		kind = series.KindCSV
	case kind != series.KindUnknown:
	case input == series.KindSound && !soundsAlike(m):
		kind = series.KindCSV
	default:
		kind = input
	}
	if v.json && series.KindOf(v.output.All) != series.KindUnknown && kind != series.KindCSV {
		return kind, cli.Usagef("--json writes text, but %s is for %v", v.output.All, kind)
	}
	if v.output.All == "-" && kind != series.KindCSV && !v.json && isTerminal(stdout) {
		return kind, cli.Usagef("the output is binary (%v), but the standard output is a terminal: give -o FILE", kind)
	}
	return kind, nil
}

// convert reads sequences from the inputs and writes their outputs to the output files
// or to stdout.
func (v *conversion) convert(s *rnn.Session, stdin io.Reader, stdout, stderr io.Writer) error {
	source := v.source(s.Model(), stdin)
	defer source.Close()
	r, o, err := source.Open()
	if err != nil {
		return notSound(s.Model(), &o, err)
	}
	if r, err = v.padded(r, o.Width); err != nil {
		return err
	}
	c := newConverter(s, r, &o, stderr)
	c.strict, c.batches = v.strict, true
	if err := v.cutsWindows(&c, s.Model(), o.Kind); err != nil {
		return err
	}
	if err := v.detect(&c); err != nil {
		return err
	}
	if c.initial, c.final, err = v.states(&c.runner, r.Layout(), stderr); err != nil {
		return err
	}
	kind, err := v.outputKind(s.Model(), o.Kind, stdout)
	if err != nil {
		return err
	}
	out, err := v.openOutputs(stdout)
	if err != nil {
		return err
	}
	defer out.abandon()
	v.outputs.OnInterrupt(func() {
		out.abandon()
		if err := c.final.save(); err != nil {
			fmt.Fprintln(stderr, "rnnrun:", err)
		}
	})
	if c.out, err = v.writer(out, kind, s, r.Layout(), &o); err != nil {
		return err
	}
	c.text, _ = c.out.(*answerer)
	if v.lengths != "" {
		if err := c.cut(v.lengths); err != nil {
			return err
		}
	}
	c.check()
	if err := c.sequences(); err != nil {
		return notSound(s.Model(), &o, err)
	}
	if err := out.commit(); err != nil {
		return err
	}
	if err := c.final.save(); err != nil {
		return err
	}
	return c.leftOut()
}
