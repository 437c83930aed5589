package series

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/internal/table"
)

// Columns say which of a CSV's columns are read.
type Columns struct {
	// Read are the names of those that the model reads, in its order, or their
	// numbers from 0; nil: all. They are read in the order of the line if its first
	// line does not name them, unless they were Asked for.
	Read  []string
	Asked bool
	Keep  []string // those of which [Records] are kept; ["all"]: all that are not read

	// Group and Time are the columns that tell whose a step is and when it was; "": none.
	Group, Time string
	// IfThere: they need not be there.
	IfThere bool
}

// KeepAll stands for all columns that are not read.
const KeepAll = "all"

// A split is how a CSV's lines are split.
type split struct {
	format table.Format
	count  int   // fields of a line
	at     []int // where the columns that are read are
	keep   []int // and those that are kept
	group  int   // where the column of the groups is; -1: there is none
	time   int   // where the column of the time is
	chosen bool  // at is not the order of the line

	members []string // names of the columns, if lines are JSON objects
	lists   *lists   // nil: lines are no JSON lists
}

// appendFields appends those of a line, or of a step of one, to dst.
func (p *split) appendFields(dst [][]byte, line []byte) ([][]byte, error) {
	switch {
	case p.lists != nil:
		return p.lists.appendFields(dst, line)
	case p.members != nil:
		return table.AppendMembers(dst, line, p.members)
	}
	return p.format.Split(dst, line)
}

// newSplit finds the columns by a CSV's first line, and says in the records whether
// the line names them.
func newSplit(line []byte, o *Options, records *Records) (*split, error) {
	p := &split{format: fieldsBetween(separatorOf(line, o.Width, o.Columns.Asked)), count: o.Width, group: -1, time: -1}
	records.Header = o.Header
	for i := range o.Width {
		p.at = append(p.at, i)
	}
	if bytes.HasPrefix(line, []byte("{")) {
		return p, p.ofObjects(line, o, records)
	}
	if o.Columns.askedByName() {
		o.Header, records.Header = true, true
	}
	named := namedBy(line, &o.Columns, o.Header)
	if named != 0 {
		p.format, records.Header = fieldsBetween(named), true
	}
	fields, err := p.format.Split(nil, line)
	if err != nil && records.Header {
		return p, err
	}
	var names []string
	for i, field := range fields {
		name := strconv.Itoa(i)
		if records.Header {
			name = string(field)
		}
		names = append(names, name)
	}
	if named == 0 && !o.Header {
		if err := refuseOtherNames(fields, o); err != nil {
			return nil, err
		}
	}
	return p, p.chooseAll(names, named != 0, o, records)
}

// ofObjects finds the columns among the members of the first object.
func (p *split) ofObjects(line []byte, o *Options, records *Records) error {
	var err error
	if p.members, err = table.Columns(line); err != nil {
		return err
	}
	if len(o.Columns.Read) == 0 {
		return fmt.Errorf("an object has members %.200s, and the model does not say which it reads: say it", strings.Join(p.members, ", "))
	}
	records.Header = true
	return p.chooseAll(p.members, true, o, records)
}

// chooseAll sets where the columns are that are read, and those that are kept.
func (p *split) chooseAll(names []string, named bool, o *Options, records *Records) error {
	if err := p.choose(names, named, o, records); err != nil {
		return err
	}
	return p.chooseOthers(names, o, records)
}

// chooseOthers sets where the columns are that are not read: of the group and the time, and
// those that are kept.
func (p *split) chooseOthers(names []string, o *Options, records *Records) error {
	if err := p.chooseGroup(names, o, records); err != nil {
		return err
	}
	records.Grouped, records.Timed = p.group >= 0, p.time >= 0
	if err := p.chooseKept(names, o); err != nil {
		return err
	}
	for _, i := range p.keep {
		records.Names = append(records.Names, names[i])
	}
	if p.chosen || len(p.keep) > 0 || p.group >= 0 || p.time >= 0 {
		p.count = len(names)
	}
	return nil
}

// refuseOtherNames refuses a first line that has some of the model's columns, but not all:
// those that it has would be taken for others.
func refuseOtherNames(fields [][]byte, o *Options) error {
	var names []string
	for _, field := range fields {
		names = append(names, string(field))
	}
	read := o.Columns.Read
	if !slices.ContainsFunc(read, func(name string) bool { return isName(name) && slices.Contains(names, name) }) {
		return nil
	}
	for _, name := range read {
		if !slices.Contains(names, name) {
			return missing("read", name, names)
		}
	}
	return nil
}

// askedByName reports whether columns are asked for by name, so that the first line
// must have names.
func (c *Columns) askedByName() bool {
	return c.Asked && slices.ContainsFunc(c.Read, isName) ||
		!c.IfThere && (c.Group != "" && isName(c.Group) || c.Time != "" && isName(c.Time)) ||
		slices.ContainsFunc(c.Keep, func(name string) bool { return name != KeepAll && isName(name) })
}

// isName reports whether a column is called by something else than a number.
func isName(name string) bool {
	_, ok := table.ParseNumber[float32]([]byte(name))
	return !ok
}

// namedBy returns the separator between whose fields a line names all columns that
// are read; 0: it does not. Columns that are all called by numbers are data unless
// the line is known to be a header.
func namedBy(line []byte, c *Columns, header bool) byte {
	if len(c.Read) == 0 || !header && !slices.ContainsFunc(c.Read, isName) {
		return 0
	}
	for _, s := range []byte(table.Separators) {
		fields, _ := fieldsBetween(s).Split(nil, line)
		if !slices.ContainsFunc(c.Read, func(name string) bool {
			return !slices.ContainsFunc(fields, func(f []byte) bool { return string(f) == name })
		}) {
			return s
		}
	}
	return 0
}

// choose sets where the columns are. named: the line names those of the model.
func (p *split) choose(names []string, named bool, o *Options, records *Records) error {
	c := &o.Columns
	if len(c.Read) == 0 {
		return nil
	}
	if len(c.Read) != o.Width {
		return fmt.Errorf("%d columns to read, but the model reads %d numbers a step", len(c.Read), o.Width)
	}
	if !c.Asked && !named && len(names) == o.Width {
		if o.Header {
			records.Note = fmt.Sprintf("the first line does not name the model's columns %.200s, so the columns are read in their order", strings.Join(c.Read, ", "))
		}
		return nil
	}
	var at []int
	for _, name := range c.Read {
		i, ok := find(names, name)
		if ok && slices.Contains(names[i+1:], name) {
			return fmt.Errorf("two columns are named %.40q", name)
		}
		if !ok && !c.Asked && !o.Header && !named {
			return nil // each line is refused for itself
		} else if !ok {
			return missing("read", name, names)
		}
		at = append(at, i)
	}
	p.at, p.chosen = at, true
	return nil
}

// chooseGroup sets where the columns of the groups and of the time are. If the columns to
// read are not known by name, they are among the others.
func (p *split) chooseGroup(names []string, o *Options, records *Records) error {
	c := &o.Columns
	var at []int
	for _, place := range []struct {
		name, use string
		at        *int
	}{{c.Group, "the group", &p.group}, {c.Time, "the time", &p.time}} {
		if place.name == "" {
			continue
		}
		i, ok := find(names, place.name)
		switch {
		case !ok && c.IfThere:
			if !records.Header && len(names) > o.Width {
				records.Note = fmt.Sprintf("the first line has no names, so that the column of %s, %.40q, cannot be found: say which one it is by its number, or '' if there is none", place.use, place.name)
			}
			continue
		case !ok:
			return missing(place.use, place.name, names)
		case slices.Contains(names[i+1:], place.name):
			return fmt.Errorf("two columns are named %.40q", place.name)
		case p.chosen && slices.Contains(p.at, i):
			return fmt.Errorf("the column %.40q is read by the model, and cannot be %s, too", place.name, place.use)
		}
		*place.at, at = i, append(at, i)
	}
	if p.chosen || len(at) == 0 || c.IfThere {
		return nil
	}
	for _, name := range c.Keep {
		if i, ok := find(names, name); ok {
			at = append(at, i)
		}
	}
	p.at, p.chosen = others(len(names), at), true
	if len(p.at) != o.Width {
		return fmt.Errorf("%d columns beside the group and the time, but the model reads %d: say which are read", len(p.at), o.Width)
	}
	return nil
}

// chooseKept sets where the kept columns are. If the columns to read are not known by
// name, they are the others.
func (p *split) chooseKept(names []string, o *Options) error {
	keep := o.Columns.Keep
	if slices.Equal(keep, []string{KeepAll}) {
		if !p.chosen && len(names) != o.Width {
			return fmt.Errorf("%d columns, but the model reads %d: say which are read", len(names), o.Width)
		}
		p.keep = others(len(names), p.at)
		return nil
	}
	for _, name := range keep {
		i, ok := find(names, name)
		if !ok {
			return missing("kept", name, names)
		}
		p.keep = append(p.keep, i)
	}
	if len(keep) > 0 && !p.chosen && len(names) != o.Width {
		p.at, p.chosen = others(len(names), p.keep), true
		if len(p.at) != o.Width {
			return fmt.Errorf("%d columns beside those that are kept, but the model reads %d: say which are read", len(p.at), o.Width)
		}
	}
	return nil
}

// others returns which of n columns are not in a list.
func others(n int, list []int) (rest []int) {
	for i := range n {
		if !slices.Contains(list, i) {
			rest = append(rest, i)
		}
	}
	return rest
}

// find returns which column has a name, or else a number.
func find(names []string, name string) (int, bool) {
	if i := slices.Index(names, name); i >= 0 {
		return i, true
	}
	i, err := strconv.Atoi(name)
	return i, err == nil && i >= 0 && i < len(names)
}

func missing(use, name string, names []string) error {
	return fmt.Errorf("no column is named %.40q, to be %s; there are %.200s", name, use, strings.Join(names, ", "))
}

// separated names the separator.
func (p *split) separated() string {
	switch p.format.Separator {
	case ';':
		return "semicolons"
	case '\t':
		return "tabs"
	}
	return "commas"
}
