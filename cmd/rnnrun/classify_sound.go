package main

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/internal/wav"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const soundsHelp = `If the model reads sound, FILEs are WAV files, and each has a line:

    label <TAB> probability <TAB> file

A sound is read as in training (rnntrain classify --front-end): whole, or, if the model
has windows, only its loudest window; a shorter sound is padded with silence.
The standard input, or one file with --changes, --hold or another flag of streams, is a
stream, WAV or raw samples (--raw=s16), with an answer for each window:

    time, label, probability

time is the end of the window in seconds. --without leaves out the answers of a
background class, so that with --changes each spoken word is written once.

`

// areSounds reports whether arguments are names of WAV files.
func areSounds(args []string) bool {
	for _, arg := range args {
		if series.KindOf(arg) != series.KindSound {
			return false
		}
	}
	return len(args) > 0
}

// sounds classifies WAV files. A file that cannot be read is reported, and the others are
// still classified.
func (k *classification) sounds(c *cobra.Command, m *rnn.Model, paths []string) error {
	steps, _ := cli.Windowing(m.Description())
	s := m.NewSession()
	out := bufio.NewWriter(c.OutOrStdout())
	failed := 0
	for _, path := range paths {
		class, err := k.sound(s, path, steps)
		if err != nil {
			fmt.Fprintln(c.ErrOrStderr(), "rnnrun:", err)
			failed++
			continue
		}
		if k.numbers.json {
			probabilities := cli.Object{}
			for i, p := range s.Probabilities() {
				probabilities = append(probabilities, labelOf(&rnn.Class{Index: i, Label: m.Label(i)}), p)
			}
			err = cli.WriteJSON(out, cli.Object{"file", path, "label", labelOf(&class), "probability", class.Probability, "outputs", probabilities})
		} else {
			_, err = fmt.Fprintf(out, "%s\t%.4f\t%s\n", cli.Printable(labelOf(&class)), class.Probability, oneLine(path))
		}
		if err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s could not be read", failed, message.Count(len(paths), "sound"))
	}
	return nil
}

// sound returns the class of a WAV file. The model reads that many steps of it; 0: all.
func (k *classification) sound(s *rnn.Session, path string, steps int) (rnn.Class, error) {
	samples, err := k.numbers.sound(s.Model()).ReadFile(path)
	if err != nil {
		return rnn.Class{}, err
	}
	class, err := s.ClassifyNumbers(wav.FitSteps(samples, s.Model().InputSize(), steps))
	if err != nil {
		return class, fmt.Errorf("%s: %w", path, err)
	}
	return class, nil
}
