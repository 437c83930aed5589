package main

import (
	"io"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// answerWidth returns how many outputs a model gives per step, or per sequence if it has
// only outputs of the sequence.
func answerWidth(m *rnn.Model) (n int) {
	if m.Pooled() {
		return m.OutputSize()
	}
	for _, out := range m.Outputs() {
		if !out.Sequence {
			n += out.Frames * out.Channels
		}
	}
	return n
}

// twofold reports whether a model has outputs per step and others per sequence.
func twofold(m *rnn.Model) bool { return answerWidth(m) != m.OutputSize() }

// outputFiles are the files of the outputs, which are moved to their paths at the end, one
// after the other.
type outputFiles []*output

func (v *conversion) openOutputs(stdout io.Writer) (list outputFiles, err error) {
	for _, path := range v.output.Paths() {
		out, err := openOutput(path, stdout)
		if err != nil {
			list.abandon()
			return nil, err
		}
		list = append(list, out)
	}
	return list, nil
}

func (l outputFiles) commit() error {
	for _, out := range l {
		if err := out.commit(); err != nil {
			return err
		}
	}
	return nil
}

func (l outputFiles) abandon() {
	for _, out := range l {
		out.abandon()
	}
}

// A portWriter writes each output of a model separately.
type portWriter struct {
	session *rnn.Session
	ports   []outputPort // requested outputs
	width   int          // numbers in an answer
	answers int          // of the sequence, without empty ones
	archive io.Writer    // for all outputs, as arrays; nil: each has its own file
}

// An outputPort is an output and its destination.
type outputPort struct {
	rnn.Output
	at     int // offset in an answer; -1: an output per sequence beside others per step
	writer series.Writer
	array  *npy.Array // in an archive
}

// portWriter returns a writer that writes each output separately.
func (v *conversion) portWriter(list outputFiles, kind series.Kind, s *rnn.Session, layout series.Layout) (series.Writer, error) {
	if v.json || v.label {
		return nil, cli.Usagef("--json and --label write one file: give -o FILE")
	}
	p := &portWriter{session: s, width: answerWidth(s.Model())}
	if v.output.Archive() {
		p.archive = list[0]
	}
	at := 0
	for i, out := range s.Model().Outputs() {
		port := outputPort{Output: out, at: -1}
		if out.Sequence == s.Model().Pooled() {
			port.at = at
			at += out.Frames * out.Channels
		}
		if p.archive == nil && v.output.Each[i] == "" {
			continue
		}
		o := outputOf(out, layout, kind)
		var err error
		if p.archive != nil {
			port.array = &npy.Array{Name: out.Name}
			port.writer = series.NewArrayWriter(port.array, o)
		} else {
			if own := series.KindOf(v.output.Each[i]); own != series.KindUnknown {
				o.Kind = own
			}
			port.writer, err = series.NewWriter(list[len(p.ports)].Writer, o)
		}
		if err != nil {
			return nil, err
		}
		if layout.Frames && !out.Sequence {
			port.writer = series.Frames(port.writer, out.Frames)
		}
		p.ports = append(p.ports, port)
	}
	return p, nil
}

// outputOf returns how an output is written: in rows of steps, or of frames if the rows of
// the input are frames.
func outputOf(out rnn.Output, layout series.Layout, kind series.Kind) series.Output {
	o := series.Output{Kind: kind, Width: out.Frames * out.Channels, Pooled: out.Sequence, Layout: layout}
	if out.Frames > 1 {
		o.Channels = out.Channels
	}
	if layout.Frames && !out.Sequence {
		o.Width = out.Channels
		if layout.Steps > 0 {
			o.Layout.Steps *= out.Frames
		}
	}
	return o
}

func (p *portWriter) each(do func(port *outputPort) error) error {
	for i := range p.ports {
		if err := do(&p.ports[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *portWriter) Write(ys []float32) error {
	p.answers += len(ys) / p.width
	return p.each(func(port *outputPort) error {
		for rest := ys; port.at >= 0 && len(rest) > 0; rest = rest[p.width:] {
			if err := port.writer.Write(rest[port.at:][:port.Frames*port.Channels]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *portWriter) Skip() error {
	return p.each(func(port *outputPort) error {
		if port.at < 0 {
			return nil
		}
		return port.writer.Skip()
	})
}

// End ends a sequence, and writes its outputs unless no step could be read.
func (p *portWriter) End() error {
	err := p.each(func(port *outputPort) (err error) {
		switch {
		case port.at >= 0:
		case p.answers == 0:
			err = port.writer.Skip()
		default:
			err = port.writer.Write(p.session.Output(port.Name))
		}
		if err != nil {
			return err
		}
		return port.writer.End()
	})
	p.answers = 0
	return err
}

func (p *portWriter) Flush() error {
	return p.each(func(port *outputPort) error { return port.writer.Flush() })
}

func (p *portWriter) Close() error {
	var arrays []npy.Array
	err := p.each(func(port *outputPort) error {
		err := port.writer.Close()
		if p.archive != nil {
			arrays = append(arrays, *port.array)
		}
		return err
	})
	if err != nil || p.archive == nil {
		return err
	}
	return npy.WriteArchive(p.archive, arrays...)
}

// oneFile returns an error if the outputs cannot be written side by side.
func oneFile(m *rnn.Model) error {
	if !twofold(m) {
		return nil
	}
	var names []string
	for _, out := range m.Outputs() {
		names = append(names, out.Name)
	}
	return cli.Usagef("the model has outputs per step and others per sequence, %s: give -o FILE.npz, or -o NAME=FILE for each", message.List(names))
}
