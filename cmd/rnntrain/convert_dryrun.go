package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// errNotConverted is the error of a dry run that found a reason to refuse the file.
var errNotConverted = errors.New("it would not be converted")

// dryRun prints how each part of the source is understood, and writes nothing.
func (f *convertFlags) dryRun(c *cobra.Command, path string) error {
	s, err := f.open(c, path)
	if err != nil {
		return err
	}
	s.report = &network.Report{}
	converted, reason := f.convert(s)
	if e := (*network.ImportError)(nil); errors.As(reason, &e) && !s.report.Refuses() {
		s.report.Add(e.Name, "", network.Refused, "%v", e)
	}
	w := c.OutOrStdout()
	if f.output.json {
		o, err := f.dryRunJSON(s, converted, reason)
		if err == nil {
			err = cli.WriteJSON(w, o)
		}
		return errors.Join(err, refusal(path, reason))
	}
	var b bytes.Buffer
	writeSource(&b, s.report.Parts)
	if reason == nil {
		b.WriteByte('\n')
		err = f.notWritten(&b, converted)
	}
	if _, e := w.Write(b.Bytes()); e != nil || err != nil {
		return errors.Join(err, e)
	}
	return refusal(path, reason)
}

// refusal returns the error of a model that would not be converted; nil: it would be.
func refusal(path string, reason error) error {
	if reason == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errNotConverted, reason)
}

// notWritten describes the model that a dry run does not write.
func (f *convertFlags) notWritten(b *bytes.Buffer, c *conversion) error {
	steps, size, err := f.written(c)
	if err == nil {
		f.summary(b, c)
		fmt.Fprintf(b, "%-12s%s\n%-12snothing; the .rnn file has %d bytes\n", "reads", steps, "written", size)
	}
	return err
}

// written returns how the model reads sequences, and the size of its file in bytes.
func (f *convertFlags) written(c *conversion) (steps string, size int64, err error) {
	file, err := c.model.Append(nil)
	if err != nil {
		return "", 0, err
	}
	m, err := rnn.New(c.model)
	if err != nil {
		return "", 0, err
	}
	defer m.Close()
	steps = "step by step, as a stream, or whole sequences"
	if !m.Streamable() {
		steps = "whole sequences, since it reads backward, too"
	}
	return steps, int64(len(file)), nil
}

// maxColumn is the greatest width of the columns of names and kinds.
const maxColumn = 40

// writeSource writes a table of the parts of a source. Consecutive parts with the same
// description share a line.
func writeSource(w io.Writer, parts []network.Part) {
	var rows [][3]string
	for i := 0; i < len(parts); {
		p := &parts[i]
		n := 1
		for !strings.Contains(p.Detail, "→") && p.Verdict != network.Refused && i+n < len(parts) && parts[i+n].Verdict == p.Verdict && parts[i+n].Detail == p.Detail {
			n++
		}
		text := cmp.Or(p.Detail, p.Verdict.String())
		switch p.Verdict {
		case network.LeftOut, network.Unjudged:
			text = p.Verdict.String() + ": " + p.Detail
		case network.Refused:
			text = "REFUSED: " + p.Detail
		}
		row := [3]string{p.Name, p.Kind, text}
		if n > 1 {
			row[0] = fmt.Sprintf("%s … %d in all", p.Name, n)
			row[1] = kindsOf(parts[i : i+n])
		}
		for k := range row {
			row[k] = cli.Printable(row[k])
		}
		row[0] = ending(row[0])
		rows = append(rows, row)
		i += n
	}
	if len(rows) == 0 {
		return
	}
	rows = append([][3]string{{"SOURCE", "KIND", "IN THE MODEL"}}, rows...)
	var width [2]int
	for _, r := range rows {
		for k := range width {
			width[k] = max(width[k], utf8.RuneCountInString(r[k]))
		}
	}
	for _, r := range rows {
		fmt.Fprintf(w, "%-*s  %-*s  %s\n", width[0], r[0], width[1], r[1], r[2])
	}
}

// ending returns the end of a text that is too long for a column: the ends of names
// differ more than their starts.
func ending(text string) string {
	if r := []rune(text); len(r) > maxColumn {
		return "…" + string(r[len(r)-maxColumn+1:])
	}
	return text
}

// kindsOf lists the kinds of parts without repetition.
func kindsOf(parts []network.Part) string {
	var list []string
	seen := map[string]bool{}
	for _, p := range parts {
		if !seen[p.Kind] {
			seen[p.Kind] = true
			list = append(list, p.Kind)
		}
	}
	const most = 4
	if len(list) > most {
		list = append(list[:most], "…")
	}
	return strings.Join(list, ", ")
}

// dryRunJSON returns the result of a dry run as JSON.
func (f *convertFlags) dryRunJSON(s *source, c *conversion, reason error) (cli.Object, error) {
	parts := cli.Array{}
	for _, p := range s.report.Parts {
		parts = append(parts, cli.Object{"name", p.Name, "kind", p.Kind, "verdict", p.Verdict.String(), "detail", p.Detail})
	}
	o := cli.Object{"source", s.name, "kind", s.kind, "converts", reason == nil, "parts", parts}
	if reason != nil {
		return append(o, "error", reason.Error()), nil
	}
	streams, size, err := f.written(c)
	return append(o, "streams", streams, "result", f.json(c, size)), err
}
