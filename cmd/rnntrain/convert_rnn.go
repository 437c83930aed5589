package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// isRNN reports whether data is a .rnn file.
func isRNN(data []byte) bool { return bytes.HasPrefix(data, []byte("\x89RNN")) }

// ofRNN are the flags of convert that apply to .rnn files.
var ofRNN = []string{"model", "front-end", "labels", "name", "golden", "json"}

// change adds a front end to the model of a .rnn file. It keeps the file's provenance.
func (f *convertFlags) change(c *cobra.Command, s *source) error {
	if err := refuseAllBut(c, s.name+" is a .rnn file, to which convert can only add a front end", ofRNN...); err != nil {
		return err
	}
	m, err := format.Read(s.data)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	m, notes, err := f.behindFrontEnd(m)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	f.rename(m)
	m.Provenance = append(m.Provenance, format.Property{Key: "convert.command", Value: "rnntrain " + strings.Join(portable(f.args), " ")})
	if err := m.Validate(); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	if err := addSynthetic(m, mostGolden/4); err != nil { // the samples of its goldens are not known
		return err
	}
	if err := format.WriteFile(f.output.output, m); err != nil {
		return err
	}
	return f.reportChange(c.OutOrStdout(), m, notes)
}

// rename sets the names of the outputs and of the model from the flags.
func (f *convertFlags) rename(m *format.Model) {
	if f.name != "" {
		m.Provenance = append(m.Provenance, format.Property{Key: "name", Value: f.name})
	}
	switch {
	case f.labels == nil:
	case m.Data == nil || len(m.Data.Targets) != len(f.labels):
		m.Labels = f.labels
	default:
		d := *m.Data
		d.Targets, m.Data = f.labels, &d
	}
}

func (f *convertFlags) reportChange(w io.Writer, m *format.Model, notes []string) error {
	info, err := os.Stat(f.output.output)
	if err != nil {
		return err
	}
	if f.output.json {
		return cli.WriteJSON(w, cli.Object{"parameters", m.Parameters(), "notes", notes, "bytes", info.Size(), "file", f.output.output})
	}
	for _, note := range notes {
		if _, err := fmt.Fprintf(w, "%-12s%s\n", "note", note); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "%-12s%d\n%-12s%s, %d bytes\n", "parameters", m.Parameters(), "written", f.output.output, info.Size())
	return err
}
