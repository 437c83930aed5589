package series

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// longestList is the greatest length in bytes of a line that may be a sequence.
const longestList = 1 << 26

// lists are lines of JSON lists, or objects with a list among their members. The first
// line decides whether a line is a step or a sequence, which is a list of steps. A list of
// numbers is a step if it has as many as the model reads, and otherwise a sequence of
// steps of one number.
type lists struct {
	member string   // the member with the list; "": the line itself is the list
	names  []string // names of the other members
	width  int      // numbers per step
	whole  bool     // a line is a sequence

	// The line that was read last:
	steps  [][]byte // unread steps of its sequence
	others [][]byte // values of the other members
	index  int      // index in the sequence of the step that was read last
	within bool     // its sequence has not ended
}

// newLists returns the lists whose first line is given; nil: the line is not a list.
func newLists(line []byte, o *Options) *lists {
	l := &lists{width: o.Width}
	list := line
	if bytes.HasPrefix(line, []byte("{")) {
		if list = l.find(line, o); list == nil {
			return nil
		}
	} else if !bytes.HasPrefix(line, []byte("[")) {
		return nil
	}
	steps, _ := table.List(list) // a bad list is refused when it is read
	n := len(steps)
	frame := o.Width / max(o.Frames, 1)
	if l.whole = n > 0 && steps[0].Nested; l.whole {
		inner, _ := table.List(steps[0].Value)
		n = len(inner)
	} else if o.Width == 1 || frame == 1 {
		l.whole = n > 1 && n != o.Width && !(o.Columns.Asked && table.BeyondFirst(o.Columns.Read))
		if l.whole {
			n = 1
		}
	}
	if n > 0 && (n == frame || o.Columns.numbered(n)) {
		l.width = n
	}
	return l
}

// find finds the member of an object that has the list, and returns the list. It returns
// nil if there is none, or if the object has the columns to read.
func (l *lists) find(line []byte, o *Options) (list []byte) {
	members, _ := table.Members(line) // the error is returned when the line is read
	for _, m := range members {
		if !m.Nested {
			l.names = append(l.names, string(m.Name))
		}
	}
	if len(o.Columns.Read) > 0 && !slices.ContainsFunc(o.Columns.Read, func(name string) bool { return !slices.Contains(l.names, name) }) {
		return nil
	}
	l.member, list = table.ListMember(members)
	return list
}

// numbered reports whether all columns to read are numbers below a limit.
func (c *Columns) numbered(n int) bool {
	return len(c.Read) > 0 && !slices.ContainsFunc(c.Read, func(name string) bool {
		i, err := strconv.Atoi(name)
		return err != nil || i < 0 || i >= n
	})
}

// split returns how lines with lists are split: into the numbers of a step, which are
// columns without names, and the other members.
func (l *lists) split(o *Options, records *Records) (*split, error) {
	if o.Header {
		return nil, errors.New("the first line is a JSON list, which does not name columns")
	}
	p := &split{format: fieldsBetween(','), lists: l, count: o.Width, group: -1, time: -1}
	records.Header, records.Whole = l.member != "", l.whole
	var names []string
	for i := range l.width {
		names = append(names, strconv.Itoa(i))
	}
	for i := range o.Width {
		p.at = append(p.at, i)
	}
	names = append(names, l.names...)
	if o.Columns.Asked {
		for _, name := range o.Columns.Read {
			if i, err := strconv.Atoi(name); err == nil && i >= l.width {
				return nil, missing("read", name, names)
			}
		}
	}
	if o.Columns.Asked || l.width != o.Width {
		if err := p.choose(names, false, o, records); err != nil {
			return nil, err
		}
	}
	p.chosen = true
	return p, p.chooseOthers(names, o, records)
}

// take begins the sequence of a line. The steps are valid as long as the line.
func (l *lists) take(line []byte) error {
	l.steps, l.index, l.within = l.steps[:0], -1, true
	list, err := l.listOf(line)
	if err != nil {
		return err
	}
	err = table.EachOfList(list, func(m table.Member) error {
		if l.width > 1 && !m.Nested {
			return fmt.Errorf("%.40q is not a step: a sequence is a list of steps, as [[1,2],[3,4]]", asWritten(m))
		}
		l.steps = append(l.steps, asWritten(m))
		return nil
	})
	if err == nil && len(l.steps) == 0 {
		err = errors.New("the sequence has no steps")
	}
	if err != nil {
		l.steps = l.steps[:0]
	}
	return err
}

// next returns the next step of the sequence, or "" and false at its end.
func (l *lists) next() (step []byte, ok bool) {
	if !l.within {
		return nil, false
	}
	if l.within = len(l.steps) > 0; !l.within {
		return nil, true
	}
	step, l.steps = l.steps[0], l.steps[1:]
	l.index++
	return step, true
}

// appendFields appends the fields of a step to dst: as many as there are columns, even if
// the step cannot be read.
func (l *lists) appendFields(dst [][]byte, step []byte) ([][]byte, error) {
	begin, err := len(dst), error(nil)
	if !l.whole {
		step, err = l.listOf(step)
	}
	if err == nil {
		dst, err = l.appendNumbers(dst, step)
	}
	if n := len(dst) - begin; err == nil && n != l.width {
		err = &widthError{n, l.width}
	}
	if err != nil {
		dst = append(dst[:begin], make([][]byte, l.width)...)
	}
	return append(dst, l.others...), err
}

// appendNumbers appends the numbers of a step to dst.
func (l *lists) appendNumbers(dst [][]byte, step []byte) ([][]byte, error) {
	if l.whole && !bytes.HasPrefix(step, []byte("[")) {
		return append(dst, step), nil
	}
	err := table.EachOfList(step, func(m table.Member) error {
		if m.Nested && !l.whole {
			return errors.New("a list of lists is a sequence, but the first line is a step")
		}
		dst = append(dst, asWritten(m))
		return nil
	})
	return dst, err
}

// asWritten returns a value as it was written, or nil if it is null.
func asWritten(m table.Member) []byte {
	if m.String {
		return strconv.AppendQuote(nil, string(m.Value))
	}
	return m.Value
}

// listOf returns the list in a line, and records its other members.
func (l *lists) listOf(line []byte) (list []byte, err error) {
	if l.member == "" {
		return line, nil
	}
	l.others = append(l.others[:0], make([][]byte, len(l.names))...)
	members, err := table.Members(line)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if i := slices.Index(l.names, string(m.Name)); i >= 0 && !m.Nested {
			l.others[i] = m.Value
		}
		if string(m.Name) == l.member && m.Nested {
			list = m.Value
		}
	}
	if list == nil {
		return nil, fmt.Errorf("the object has no list %.40q", l.member)
	}
	return list, nil
}

// A widthError is the error of a step with another number of numbers.
type widthError struct{ n, due int }

func (e *widthError) Error() string {
	return fmt.Sprintf("got %s, want %d", message.Count(e.n, "number"), e.due)
}

// place describes the place of a column, from 1, in a line; 0: no single column.
func (l *lists) place(column int) string {
	where := ""
	if l.whole && l.within && l.index >= 0 {
		where = fmt.Sprintf(", step %d", l.index)
	}
	switch {
	case column > l.width:
		where += fmt.Sprintf(", member %.40q", l.names[column-1-l.width])
	case column > 0:
		where += fmt.Sprintf(", number %d", column-1)
	}
	return where
}
