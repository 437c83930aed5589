package score

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/fileio"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/texts"
)

// A readTextsFn reads the texts of files.
type readTextsFn struct{ Options Options }

func init() {
	register.DoFn4x1[context.Context, fileio.ReadableFile, func(Text), func(DeadLetter), error](&readTextsFn{})
}

// ProcessElement reads a file.
func (f *readTextsFn) ProcessElement(ctx context.Context, file fileio.ReadableFile, emit func(Text), dead func(DeadLetter)) error {
	name := file.Metadata.Path
	c, err := open(ctx, file)
	if err != nil {
		return err
	}
	defer c.Close()
	column := f.Options.TextColumn
	if column == "" {
		column = "text"
	}
	text := func(row int, text string) { emit(Text{name, row, text}) }
	refuse := func(row int, err error) {
		deadLetters.Inc(ctx, 1)
		dead(DeadLetter{name, row, atLine(row, err)})
	}
	switch kindOf(name) {
	case table:
		err = readTable(c, name, column, text, refuse)
	case objects, parquetRows:
		err = readLines(c, refuse, func(row int, line string) {
			if t, err := member(line, column); err != nil {
				refuse(row, err)
			} else {
				text(row, t)
			}
		})
	default:
		err = readLines(c, refuse, text)
	}
	if c.failed != nil {
		return fmt.Errorf("%s: %w", name, c.failed)
	}
	if err != nil {
		refuse(0, fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// atLine returns the reason for the dead letter of a text, in the words of rnnrun.
func atLine(row int, err error) string {
	if row == 0 {
		return err.Error()
	}
	return fmt.Sprintf("line %d: %v", row, err)
}

// readLines reads one text per line.
func readLines(r io.Reader, refuse func(int, error), text func(int, string)) error {
	in := texts.NewLines(r)
	for row := 1; ; row++ {
		line, err := in.Next()
		switch {
		case err == io.EOF:
			return nil
		case err == texts.ErrLongLine:
			refuse(row, err)
		case err != nil:
			return err
		default:
			text(row, line)
		}
	}
}

// readTable reads a column of a CSV with a header.
func readTable(r io.Reader, name, column string, text func(int, string), refuse func(int, error)) error {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	if path.Ext(strings.TrimSuffix(name, ".gz")) == ".tsv" {
		in.Comma = '\t'
	}
	names, err := in.Read()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	names[0] = strings.TrimPrefix(names[0], "\ufeff")
	at := slices.Index(names, column)
	if at < 0 {
		return fmt.Errorf("no column for the text is named %s; there are %s", message.Quote(column), message.List(names))
	}
	due := len(names)
	for {
		fields, err := in.Read()
		var wrong *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &wrong):
			refuse(wrong.StartLine, wrong.Err)
			continue
		case err != nil:
			return err
		}
		row, _ := in.FieldPos(0)
		if len(fields) != due {
			refuse(row, fmt.Errorf("%d columns on the line, but the first line has %d", len(fields), due))
			continue
		}
		text(row, fields[at])
	}
}

// member returns the string member of a JSON object with this name.
func member(line, name string) (string, error) {
	if !utf8.ValidString(line) {
		return "", texts.ErrNotUTF8
	}
	var o map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		return "", fmt.Errorf("not a JSON object: %w", err)
	}
	var text *string
	if err := json.Unmarshal(o[name], &text); err != nil || text == nil {
		return "", fmt.Errorf("the object has no string member %s", message.Quote(name))
	}
	return *text, nil
}
