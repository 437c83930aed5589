package series

import (
	"bytes"

	"github.com/rnnrun/rnnrun/internal/table"
)

// Records are what a reader of CSV keeps beside the numbers: one record for each step, in
// order, even if it cannot be read. Reading a step adds its record, and answering it
// removes the record.
type Records struct {
	Header bool     // the first line names the columns
	Names  []string // names of the kept columns, or their numbers from 0
	Note   string   // what the user should know about the columns

	Grouped bool // steps have a group
	Timed   bool // steps have a time
	Whole   bool // a line is a sequence: a JSON list of steps

	list     []Record
	dropped  bool
	lastOnly bool
}

// A Record is what is kept from a line.
type Record struct {
	Line int      // from 1; 0: the input has no lines
	Kept []string // values of the kept columns; "" if the line lacks one

	Group   string // "": none
	Time    float64
	HasTime bool
}

// Drop stops keeping records.
func (r *Records) Drop() { r.list, r.dropped = nil, true }

// KeepLast keeps only the last record, which [Records.Last] returns.
func (r *Records) KeepLast() { r.lastOnly = true }

func (r *Records) add(record Record) {
	if r.dropped {
		return
	}
	if r.lastOnly {
		r.list = r.list[:0]
	}
	r.list = append(r.list, record)
}

// record returns the record of a line.
func (p *split) record(line int, fields [][]byte) Record {
	record := Record{Line: line, Kept: make([]string, len(p.keep))}
	for i, column := range p.keep {
		if column < len(fields) {
			record.Kept[i] = string(fields[column])
		}
	}
	if p.group >= 0 && p.group < len(fields) {
		record.Group = string(fields[p.group])
	}
	record.Time, record.HasTime = p.timeOf(fields)
	return record
}

// timeOf returns the time of a line, and whether it has one.
func (p *split) timeOf(fields [][]byte) (float64, bool) {
	if p.time < 0 || p.time >= len(fields) {
		return 0, false
	}
	text := fields[p.time]
	if p.format.Separator != ',' && table.IsDecimalComma(text) {
		text = bytes.Replace(text, []byte(","), []byte("."), 1)
	}
	return table.ParseTime(string(text))
}

// Next returns the record of the next step, and drops it. It returns an empty record if
// there is none.
func (r *Records) Next() Record {
	if len(r.list) == 0 {
		return Record{Kept: make([]string, len(r.Names))}
	}
	first := r.list[0]
	if r.list = r.list[1:]; len(r.list) == 0 {
		r.list = nil
	}
	return first
}

// Last returns the record of the last step that was read, and drops all.
func (r *Records) Last() Record {
	if n := len(r.list); n > 0 {
		r.list = r.list[n-1:]
	}
	return r.Next()
}
