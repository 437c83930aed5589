package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"rnnrun/internal/cli"
	"rnnrun/internal/series"
	rnn "rnnrun/runtime"
)

// A conversion is what the flags of run ask for.
type conversion struct {
	model, input, output string
	raw, header          bool
}

func runCommand() *cobra.Command {
	var v conversion
	c := &cobra.Command{
		Use:   "run -m MODEL [flags]",
		Short: "Turn sequences of numbers into numbers",
		Long: `Turn sequences of numbers, or of tokens' ids, into the model's outputs. With T
steps, I numbers a step, O outputs, and N sequences:

    input    .npy [T, I] or [N, T, I], of tokens integers [T] or [N, T];
             CSV with a step a line and an empty line between sequences;
             --raw: one sequence of little-endian float32 (tokens: int32)
    output   [T, O] or [N, T, O] of a model with an output at every step,
             [O] or [N, O] of one with an output for the sequence

On a pipe, an output comes as soon as its step is in; a bidirectional model
reads to the end of the sequence first. The kind of a file is told by its
extension (.npy, .csv, .f32), and the kind of the output is that of the input
unless the output's extension tells another. An output file takes its place
when it is whole.

` + cli.ModelHelp,
		Example: `  rnnrun run -m forecast.rnn -i week.npy -o next.npy
  rnnrun run -m forecast.rnn -i week.csv --header > next.csv
  sensor | rnnrun run -m anomaly.rnn | while read score; do ...; done
  rnnrun run -m amp.rnn --raw < guitar.f32 > amp.f32`,
		Args: cobra.NoArgs,
		PreRunE: func(*cobra.Command, []string) error {
			if v.model == "" {
				return fmt.Errorf("give a model: -m MODEL")
			}
			if v.raw && v.header {
				return fmt.Errorf("--header is for CSV, not for --raw")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			m, err := cli.OpenModel(v.model)
			if err != nil {
				return err
			}
			defer m.Close()
			return v.run(m, c.InOrStdin(), c.OutOrStdout())
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &v.model, "")
	f := c.Flags()
	f.StringVarP(&v.input, "input", "i", "-", "file to read; -: the standard input")
	f.StringVarP(&v.output, "output", "o", "-", "file to write; -: the standard output")
	f.BoolVar(&v.raw, "raw", false, "the input is raw little-endian numbers of 32 bits")
	f.BoolVar(&v.header, "header", false, "skip the first line of a CSV")
	return c
}

func (v *conversion) run(m *rnn.Model, stdin io.Reader, stdout io.Writer) error {
	name := "stdin"
	if v.input != "-" {
		f, err := os.Open(v.input)
		if err != nil {
			return err
		}
		defer f.Close()
		stdin, name = f, v.input
	}
	in := bufio.NewReaderSize(stdin, maxLine)
	o := series.Options{Name: name, Kind: v.inputKind(in), Width: m.InputSize(), Header: v.header}
	if o.Header && o.Kind != series.CSV {
		return cli.Usagef("--header is for CSV, and %s is %v", name, o.Kind)
	}
	s := m.NewSession()
	if m.Tokens() > 0 {
		o.Width = 1
		return convert(v, s, s.RunTokens, in, o, stdout)
	}
	return convert(v, s, s.Run, in, o, stdout)
}

func (v *conversion) inputKind(in *bufio.Reader) series.Kind {
	if v.raw {
		return series.Raw
	}
	if kind := series.KindOf(v.input); kind != series.Unknown {
		return kind
	}
	return series.Sniff(in)
}

// convert reads sequences from in and writes their outputs to the output file
// or to stdout.
func convert[T series.Number](v *conversion, s *rnn.Session, run func([]T) ([]float32, error),
	in *bufio.Reader, o series.Options, stdout io.Writer) error {
	r, err := series.NewReader[T](in, o)
	if err != nil {
		return err
	}
	out, err := openOutput(v.output, stdout)
	if err != nil {
		return err
	}
	defer out.abandon()
	kind := series.KindOf(v.output)
	if kind == series.Unknown {
		kind = o.Kind
	}
	m := s.Model()
	w, err := series.NewWriter(out.Writer, series.Output{
		Kind:   kind,
		Width:  m.OutputSize(),
		Pooled: m.Pooled(),
		Layout: r.Layout(),
	})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		err := r.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = convertSequence(s, run, r, w, o.Width)
		}
		if err != nil {
			return inSequence(err, o.Name, n)
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return out.commit()
}

// inSequence says in which sequence of the input an error of the model is. The
// reader's own errors say where they are.
func inSequence(err error, input string, sequence int) error {
	var e *series.Error
	if errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s, sequence %d: %w", input, sequence, err)
}

// convertSequence runs one sequence: in blocks of the steps that are at hand,
// or whole where a direction starts from its end. The blocks' outputs are
// those of the whole.
func convertSequence[T series.Number](s *rnn.Session, run func([]T) ([]float32, error),
	r series.Reader[T], w series.Writer, width int) error {
	const block = 256 // steps
	s.Reset()
	buf := make([]T, block*width)
	held := 0  // numbers in buf
	steps := 0 // run before
	var ys []float32
	for end := false; !end; {
		n, err := r.Read(buf[held:])
		held += n
		end = err == io.EOF
		if err != nil && !end {
			return err
		}
		if !end && !s.Model().Streamable() {
			if held == len(buf) {
				buf = append(buf, make([]T, held)...)
			}
			continue
		}
		if held == 0 && steps > 0 {
			break
		}
		if ys, err = run(buf[:held]); err != nil {
			return afterSteps(err, steps)
		}
		steps += held / width
		held = 0
		if s.Model().Pooled() {
			continue
		}
		if err := w.Write(ys); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if s.Model().Pooled() {
		if err := w.Write(ys); err != nil {
			return err
		}
	}
	if err := w.End(); err != nil {
		return err
	}
	return w.Flush()
}

// afterSteps counts the step that an error names from the sequence's start.
func afterSteps(err error, steps int) error {
	var e *rnn.TokenRangeError
	if errors.As(err, &e) {
		e.Step += steps
	}
	return err
}
