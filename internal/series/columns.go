package series

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// Columns select the columns of a CSV.
type Columns struct {
	// Read are the names, or numbers from 0, of the columns that the model reads, in its
	// order; nil: all. If the first line does not name them, columns are read in the order
	// of the line, unless they were Asked for.
	Read  []string
	Asked bool
	Keep  []string // columns that [Records] keep; ["all"]: all that are not read

	// Group and Time are the columns of the group and the time of a step; "": none.
	Group, Time string
	// IfThere: they may be missing.
	IfThere bool
}

// KeepAll stands for all columns that are not read.
const KeepAll = "all"

// A split describes how the lines of a CSV are split.
type split struct {
	format table.Format
	count  int   // fields in a line
	at     []int // indices of the columns that are read
	keep   []int // and of those that are kept
	group  int   // index of the column of the groups; -1: none
	time   int   // index of the column of the time
	chosen bool  // at is not the order of the line

	members []string // names of the columns, if lines are JSON objects
	lists   *lists   // nil: lines are not JSON lists
}

// appendFields appends the fields of a line, or of a step in it, to dst.
func (p *split) appendFields(dst [][]byte, line []byte) ([][]byte, error) {
	switch {
	case p.lists != nil:
		return p.lists.appendFields(dst, line)
	case p.members != nil:
		return table.AppendMembers(dst, line, p.members)
	}
	return p.format.Split(dst, line)
}

// newSplit finds the columns by a CSV's first line, and records whether the line names
// them.
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
		return fmt.Errorf("the objects have the members %.200s, but the model does not record which it reads: name them with --columns", strings.Join(p.members, ", "))
	}
	records.Header = true
	return p.chooseAll(p.members, true, o, records)
}

// chooseAll finds the columns to read and those to keep.
func (p *split) chooseAll(names []string, named bool, o *Options, records *Records) error {
	if err := p.choose(names, named, o, records); err != nil {
		return err
	}
	return p.chooseOthers(names, o, records)
}

// chooseOthers finds the columns that are not read: those of the group and the time, and
// those to keep.
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

// refuseOtherNames refuses a first line with some of the model's columns, but not all,
// since reading by order would mistake them for others.
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

// askedByName reports whether columns are requested by name, so that the first line must
// have names.
func (c *Columns) askedByName() bool {
	return c.Asked && slices.ContainsFunc(c.Read, isName) ||
		!c.IfThere && (c.Group != "" && isName(c.Group) || c.Time != "" && isName(c.Time)) ||
		slices.ContainsFunc(c.Keep, func(name string) bool { return name != KeepAll && isName(name) })
}

// isName reports whether a column's name is not a number.
func isName(name string) bool {
	_, ok := table.ParseNumber[float32]([]byte(name))
	return !ok
}

// namedBy returns the separator by which a line names all columns that are read, or 0 if
// it does not name them. A line with only numbers is data unless it is known to be a
// header.
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

// choose finds the columns. named: the line names the model's columns.
func (p *split) choose(names []string, named bool, o *Options, records *Records) error {
	c := &o.Columns
	if len(c.Read) == 0 {
		return nil
	}
	if len(c.Read) != o.Width {
		return fmt.Errorf("%s to read, but the model reads %s per step", message.Count(len(c.Read), "column"), message.Count(o.Width, "number"))
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
			return nil // each line is refused on its own
		} else if !ok {
			return missing("read", name, names)
		}
		at = append(at, i)
	}
	p.at, p.chosen = at, true
	return nil
}

// chooseGroup finds the columns of the group and of the time. If the columns to read are
// not known by name, they are all others.
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
				records.Note = fmt.Sprintf("the first line has no names, so the column of %s, %.40q, cannot be found: give its number, or '' if there is none", place.use, place.name)
			}
			continue
		case !ok:
			return missing(place.use, place.name, names)
		case slices.Contains(names[i+1:], place.name):
			return fmt.Errorf("two columns are named %.40q", place.name)
		case p.chosen && slices.Contains(p.at, i):
			return fmt.Errorf("the model reads the column %.40q, so it cannot also be %s", place.name, place.use)
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
		return fmt.Errorf("%s beside the group and the time, but the model reads %d: choose them with --columns", message.Count(len(p.at), "column"), o.Width)
	}
	return nil
}

// chooseKept finds the columns to keep. If the columns to read are not known by name, they
// are all others.
func (p *split) chooseKept(names []string, o *Options) error {
	keep := o.Columns.Keep
	if slices.Equal(keep, []string{KeepAll}) {
		if !p.chosen && len(names) != o.Width {
			return fmt.Errorf("%s, but the model reads %d: choose them with --columns", message.Count(len(names), "column"), o.Width)
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
			return fmt.Errorf("%s beside those to keep, but the model reads %d: choose them with --columns", message.Count(len(p.at), "column"), o.Width)
		}
	}
	return nil
}

// others returns the columns below n that are not in a list.
func others(n int, list []int) (rest []int) {
	for i := range n {
		if !slices.Contains(list, i) {
			rest = append(rest, i)
		}
	}
	return rest
}

// find returns the index of the column with a name, or else with a number.
func find(names []string, name string) (int, bool) {
	if i := slices.Index(names, name); i >= 0 {
		return i, true
	}
	i, err := strconv.Atoi(name)
	return i, err == nil && i >= 0 && i < len(names)
}

func missing(use, name string, names []string) error {
	return fmt.Errorf("there is no column %.40q to be %s; the columns are %.200s", name, use, strings.Join(names, ", "))
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
