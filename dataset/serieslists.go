package dataset

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// A jsonForm says how the lines of a file of JSON hold their numbers. The first line
// tells.
type jsonForm struct {
	objects bool   // lines are objects; otherwise they are lists
	member  string // member of objects with a list of their numbers; "": members are numbers
	unread  string // of objects whose members are numbers, one that is a list; "": there is none
	flat    int    // how many numbers the first list has; 0: it is a list of lists
	steps   bool   // a list of numbers is a step; otherwise it is a series of steps of one
}

// jsonFormOf finds the form of a file from which these columns are read. Lists have columns 0,
// 1, …: a list of numbers is a step if columns other than the first are asked for. In objects
// with a list the other members are columns, too.
func jsonFormOf(path string, o SeriesOptions) (f jsonForm, err error) {
	file, err := os.Open(path)
	if err != nil {
		return f, err
	}
	defer file.Close()
	list, _, err := jsonLines(file)()
	if err != nil {
		return f, nil // the reader of the file will say what is wrong
	}
	if f.objects = list[0] == '{'; f.objects {
		members, err := table.Members(list)
		if err != nil {
			return f, nil
		}
		name, value := table.ListMember(members)
		if name == "" || hasColumns(members, o) {
			f.unread = name
			return f, nil
		}
		f.member, list = name, value
	}
	if values, err := table.List(list); err == nil && len(values) > 0 && !values[0].Nested {
		f.flat = len(values)
		f.steps = table.BeyondFirst(slices.Concat(o.Columns, o.Words))
	}
	return f, nil
}

// hasColumns reports whether members of an object are the columns to read, or numbers if
// none are asked for.
func hasColumns(members []table.Member, o SeriesOptions) bool {
	var names []string
	numbers := false
	for _, m := range members {
		if m.Nested {
			continue
		}
		names = append(names, string(m.Name))
		_, number := table.ParseNumber[float32](m.Value)
		numbers = numbers || number && indexName(o.Words, string(m.Name)) < 0
	}
	if len(o.Columns) == 0 {
		return numbers
	}
	return !slices.ContainsFunc(o.Columns, func(name string) bool { return indexName(names, name) < 0 })
}

// listObjectRows returns a function that gives the steps in the lists of JSON objects as
// rows of a table, preceded by its header: 0, 1, …, and the names of the other members of
// the first object.
func listObjectRows(r io.Reader, form jsonForm) func() (seriesRow, error) {
	next := jsonLines(r)
	var names, others []string
	var steps [][]string // of the line, that have not been given
	width := 0
	row := seriesRow{series: -1}
	return func() (seriesRow, error) {
		for len(steps) == 0 {
			text, line, err := next()
			if err != nil {
				return seriesRow{}, err
			}
			begins := row.series < 0
			if begins {
				names, err = table.Columns(text)
			}
			if err == nil {
				steps, err = listSteps(text, form)
			}
			if err == nil {
				others, err = membersOf(text, names)
			}
			if err == nil && begins && len(steps) > 0 {
				width = len(steps[0])
			}
			if err == nil {
				err = sameWidth(steps, width)
			}
			if err != nil {
				return seriesRow{}, &lineError{line, err}
			}
			if row.line = line; !form.steps || row.series < 0 {
				row.series++
			}
			if begins {
				header := make([]string, 0, width+len(names))
				for i := range width {
					header = append(header, strconv.Itoa(i))
				}
				return seriesRow{line: line, fields: append(header, names...)}, nil
			}
		}
		row.fields = slices.Concat(steps[0], others)
		steps = steps[1:]
		return row, nil
	}
}

// listSteps returns the steps of an object's list, as fields.
func listSteps(text []byte, form jsonForm) (steps [][]string, err error) {
	members, err := table.Members(text)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(members, func(m table.Member) bool { return string(m.Name) == form.member })
	if at < 0 || !members[at].Nested {
		return nil, fmt.Errorf("the object has no list %.40q", form.member)
	}
	if form.steps {
		step, err := decodeList(members[at], numberField)
		return [][]string{step}, err
	}
	values, err := table.List(members[at].Value)
	for i := 0; i < len(values) && err == nil; i++ {
		step := make([]string, 1)
		if values[i].Nested {
			step, err = decodeList(values[i], numberField)
		} else {
			step[0], err = numberField(values[i])
		}
		if err != nil {
			err = fmt.Errorf("step %d: %w", i, err)
		}
		steps = append(steps, step)
	}
	return steps, err
}

// numberField returns a number as it is written, and "" for null, which is missing.
func numberField(m table.Member) (string, error) {
	if m.String || m.Nested {
		return "", fmt.Errorf("%.40q is neither a number nor a list of numbers", m.Value)
	}
	return string(m.Value), nil
}

// membersOf returns the values of an object's members of these names; "": it has none.
func membersOf(text []byte, names []string) ([]string, error) {
	fields, err := table.AppendMembers(nil, text, names)
	values := make([]string, len(fields))
	for i, field := range fields {
		values[i] = string(field)
	}
	return values, err
}

// sameWidth refuses steps of other widths than the first of the file.
func sameWidth(steps [][]string, width int) error {
	for i, step := range steps {
		if len(step) != width {
			return fmt.Errorf("step %d has %s, but the first has %d", i, message.Count(len(step), "number"), width)
		}
	}
	return nil
}
