package trainer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Row is a text with its label, and the line of the file where it stands.
type Row struct {
	Text, Label string
	Line        int
}

// ErrTable marks a table that cannot be used. Errors that wrap it name the
// file and the line.
var ErrTable = errors.New("cannot use the table")

// ReadTable reads the texts and labels of a file with a header line. Columns
// of a .csv file are separated as RFC 4180 has it; columns of any other file
// are separated by tabs, and quotes mean nothing. An empty column name stands
// for the first of the usual names that the header has.
func ReadTable(path, textColumn, labelColumn string) ([]Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	next := tabs(f)
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		next = commas(f)
	}
	rows, err := readTable(next, textColumn, labelColumn)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrTable, path, err)
	}
	return rows, nil
}

// tabs returns a function that gives the fields and number of the next line.
func tabs(r io.Reader) func() ([]string, int, error) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 16<<20)
	line := 0
	return func() ([]string, int, error) {
		line++
		if !s.Scan() {
			if err := s.Err(); err != nil {
				return nil, line, err
			}
			return nil, line, io.EOF
		}
		return strings.Split(strings.TrimSuffix(s.Text(), "\r"), "\t"), line, nil
	}
}

func commas(r io.Reader) func() ([]string, int, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	return func() ([]string, int, error) {
		fields, err := c.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, bad.StartLine, bad.Err
		} else if err != nil {
			return nil, 0, err
		}
		line, _ := c.FieldPos(0)
		return fields, line, nil
	}
}

var (
	textColumns  = []string{"text", "document", "sentence", "review"}
	labelColumns = []string{"label", "class", "sentiment"}
)

func readTable(next func() ([]string, int, error), textColumn, labelColumn string) ([]Row, error) {
	header, _, err := next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: it is empty; the first line must name the columns")
	} else if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	text, err := column(header, textColumn, textColumns)
	if err != nil {
		return nil, fmt.Errorf("line 1: the text: %w", err)
	}
	label, err := column(header, labelColumn, labelColumns)
	if err != nil {
		return nil, fmt.Errorf("line 1: the label: %w", err)
	}
	var rows []Row
	for {
		fields, line, err := next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if len(fields) == 1 && fields[0] == "" {
			continue
		}
		if len(fields) != len(header) {
			return nil, fmt.Errorf("line %d: it has %d columns, but the header has %d", line, len(fields), len(header))
		}
		if fields[label] == "" {
			return nil, fmt.Errorf("line %d: the label is empty", line)
		}
		rows = append(rows, Row{Text: fields[text], Label: fields[label], Line: line})
	}
}

// column finds a column by its name, or where that is empty by the usual ones.
func column(header []string, name string, usual []string) (int, error) {
	names := []string{name}
	if name == "" {
		names = usual
	}
	for _, n := range names {
		if i := slices.Index(header, n); i >= 0 {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no column is named %s; there are %s", strings.Join(names, " or "), strings.Join(header, ", "))
}

// Labels returns the labels that occur, sorted.
func Labels(rows []Row) []string {
	seen := map[string]bool{}
	var labels []string
	for _, r := range rows {
		if !seen[r.Label] {
			seen[r.Label] = true
			labels = append(labels, r.Label)
		}
	}
	slices.Sort(labels)
	return labels
}
