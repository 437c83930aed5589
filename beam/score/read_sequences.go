package score

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/fileio"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A Sequence is a record for a model that reads numbers. A CSV is one sequence, or
// several separated by empty lines, or one for each value of the column Options.Group. A
// line of JSON that is a list of steps, [[1,2],[3,4]] or {"inputs":[[1,2],[3,4]],"id":7},
// is a sequence, and so is a row of Parquet with such a list.
type Sequence struct {
	File    string
	Number  int       // index in the file, from 0
	Steps   []float32 // T·I numbers of T steps; token ids are numbers, too
	Rows    []Row     // rows of the steps, including those that could not be read
	Names   []string  // names of the columns to keep
	Group   string
	Grouped bool // sequences are divided by a column
}

// A Row is the position of a step in its file.
type Row struct {
	Line int // from 1; 0: the file has no lines
	Kept []string
	Bad  bool // the row could not be read, and is not one of the steps
}

// A readSequencesFn reads the sequences of files.
type readSequencesFn struct {
	Options Options

	use use
}

func init() {
	register.DoFn4x1[context.Context, fileio.ReadableFile, func(Sequence), func(DeadLetter), error](&readSequencesFn{})
}

// StartBundle acquires the model, which defines what a step is.
func (f *readSequencesFn) StartBundle(ctx context.Context, _ func(Sequence), _ func(DeadLetter)) error {
	return f.use.begin(ctx, &f.Options)
}

// FinishBundle releases the model.
func (f *readSequencesFn) FinishBundle(context.Context, func(Sequence), func(DeadLetter)) error {
	f.use.end()
	return nil
}

// ProcessElement reads a file.
func (f *readSequencesFn) ProcessElement(ctx context.Context, file fileio.ReadableFile, emit func(Sequence), dead func(DeadLetter)) error {
	name := file.Metadata.Path
	c, err := open(ctx, file)
	if err != nil {
		f.use.end()
		return err
	}
	defer c.Close()
	refuse := func(row int, reason error) {
		deadLetters.Inc(ctx, 1)
		dead(DeadLetter{name, row, reason.Error()})
	}
	r, err := f.reader(name, c)
	if err == nil {
		err = r.each(emit, refuse)
	}
	if c.failed != nil {
		f.use.end()
		return fmt.Errorf("%s: %w", name, c.failed)
	}
	if err != nil {
		refuse(0, err)
	}
	return nil
}

// A sequenceReader reads the sequences of a file.
type sequenceReader struct {
	series.Reader[float32]
	name    string
	width   int
	records *series.Records
	pooled  bool // the model has one answer per sequence
	begun   int  // sequences begun so far
}

// reader returns a reader that reads a file as rnnrun run does.
func (f *readSequencesFn) reader(name string, c io.Reader) (*sequenceReader, error) {
	m := f.use.model
	source := &ports.Source{Flag: "--input", Files: ports.Files{All: "-"}, Inputs: m.Inputs(), Name: name, Stdin: c, Header: f.Options.Header, Lists: true,
		Columns: func(o *series.Options) error { f.Options.choose(o, m); return nil }}
	r, o, err := source.Open()
	if err != nil {
		return nil, err
	}
	return &sequenceReader{Reader: ports.Check(r, m.Inputs(), name), name: name, width: o.Width, records: o.Records, pooled: m.Pooled()}, nil
}

// choose sets the columns to read: those of the options, or else those of the training.
func (o *Options) choose(to *series.Options, m *rnn.Model) {
	if d := m.Description().Data; len(o.Columns) > 0 {
		to.Columns.Read, to.Columns.Asked = o.Columns, true
	} else if d != nil && m.Description().TokenWidth() == 0 && to.Kind == series.KindCSV {
		to.Columns.Read = d.Columns
	}
	to.Columns.Keep, to.Columns.Group = o.Keep, o.Group
	if trained := cli.Property(m.Description(), cli.GroupProperty); o.Group == "" && trained != "" && to.Kind == series.KindCSV && (m.Pooled() || m.Streamable()) {
		to.Columns.Group, to.Columns.IfThere = trained, true // like rnnrun run
	}
}

// each emits the sequences. It returns an error if the rest of the file cannot be read.
func (r *sequenceReader) each(emit func(Sequence), refuse func(int, error)) error {
	for n := 0; ; n++ {
		err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return series.InSequence(err, r.name, n)
		}
		list, err := r.read(n, refuse)
		for _, s := range list {
			emit(*s)
		}
		if err != nil {
			return series.InSequence(err, r.name, n)
		}
	}
}

// read reads the nth sequence of the file. If there are groups, it consists of several
// sequences.
func (r *sequenceReader) read(n int, refuse func(int, error)) (list []*Sequence, err error) {
	const block = 256 // steps
	buf := make([]float32, block*r.width)
	groups := map[string]*Sequence{}
	of := func(record series.Record) *Sequence {
		s := groups[record.Group]
		if s == nil {
			s = &Sequence{File: r.name, Number: r.begun, Names: r.records.Names, Group: record.Group, Grouped: r.records.Grouped}
			r.begun++
			groups[record.Group], list = s, append(list, s)
		}
		return s
	}
	for {
		k, err := r.Read(buf)
		for xs := buf[:k]; len(xs) > 0; xs = xs[r.width:] {
			record := r.records.Next()
			s := of(record)
			s.Steps = append(s.Steps, xs[:r.width]...)
			s.Rows = append(s.Rows, Row{Line: record.Line, Kept: record.Kept})
		}
		var bad *series.BadStep
		switch {
		case err == nil:
		case err == io.EOF:
			if len(list) == 0 && !r.records.Grouped {
				of(series.Record{}) // the model returns the error for a sequence without steps
			}
			return list, nil
		case errors.As(err, &bad):
			record := r.records.Next()
			if !r.pooled || !r.records.Grouped { // otherwise it belongs to no group
				s := of(record)
				s.Rows = append(s.Rows, Row{Line: record.Line, Kept: record.Kept, Bad: true})
			}
			refuse(record.Line, series.InSequence(err, r.name, n))
		default:
			return list, err
		}
	}
}
