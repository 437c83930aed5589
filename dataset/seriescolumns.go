package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/table"
)

// A LeftOutColumn is a column of a table of series that is not read.
type LeftOutColumn struct {
	Name string // or its number from 0 if the file has no names
	Why  string // such as `"monday" in line 2 is not a number`
}

// sampledRows is the number of rows that tell the types of a table's columns.
const sampledRows = 1000

// findColumns returns the names of all columns. It sets Columns to those to read,
// unless they are given, and says why the others are left out.
func (f *SeriesFile) findColumns() (names []string, err error) {
	rows, err := f.sample()
	if err != nil {
		return nil, err
	}
	noStep := f.fail(nothing(ErrSeries))
	if len(rows) == 0 {
		return nil, noStep
	}
	first := rows[0].fields
	f.decimalComma = f.findDecimalComma(rows)
	body := rows
	if slices.ContainsFunc(first, func(s string) bool { return !f.isNumber(s) }) {
		if body = rows[1:]; len(body) == 0 {
			return nil, noStep
		}
	}
	for i := range body[0].width() {
		names = append(names, strconv.Itoa(i))
	}
	f.header = f.form.objects || len(body) < len(rows) && len(first) == len(names) && f.isHeader(first, body)
	if f.form.objects {
		names, body = first, rows[1:]
	} else if f.header {
		for i, name := range first {
			names[i] = strings.TrimSpace(name)
		}
	} else {
		if len(body) < len(rows) {
			f.noHeader = first
		}
		body = rows
	}
	f.Alone = first != nil && f.form.member == "" && len(body) > 2 && body[len(body)-1].series-body[0].series == len(body)-1
	return names, f.chooseColumns(names, body)
}

// sample returns the first rows of a table, or one step of other files.
func (f *SeriesFile) sample() (rows []seriesRow, err error) {
	for row, err := range f.rows() {
		if err != nil {
			return nil, err
		}
		row.fields = slices.Clone(row.fields)
		rows = append(rows, row)
		if row.fields == nil || len(rows) == sampledRows {
			break
		}
	}
	return rows, nil
}

// isHeader reports whether a first line has words instead of numbers.
func (f *SeriesFile) isHeader(first []string, body []seriesRow) bool {
	for i, word := range first {
		if isMissing(word) || f.isNumber(word) {
			continue
		}
		at := slices.IndexFunc(body, func(r seriesRow) bool { return i < len(r.fields) && !isMissing(r.fields[i]) })
		if at >= 0 && f.isNumber(body[at].fields[i]) {
			return true
		}
	}
	return false
}

// chooseColumns sets Columns and where they are, unless they are given, and LeftOut.
func (f *SeriesFile) chooseColumns(names []string, body []seriesRow) error {
	given := len(f.Columns) > 0
	var reasons []string
	for i, name := range names {
		why := ""
		switch {
		case indexName(f.words, name) >= 0 && !slices.Contains(f.Columns, name):
			continue
		case body[0].fields == nil:
		case given && !slices.Contains(f.Columns, name):
			why = "it was not asked for"
		case !given:
			why = f.unfit(i, name, body)
		}
		if why != "" {
			f.LeftOut = append(f.LeftOut, LeftOutColumn{name, why})
			reasons = append(reasons, fmt.Sprintf("%.40q: %s", name, why))
		} else if !given {
			f.Columns, f.at = append(f.Columns, name), append(f.at, i)
		}
	}
	if name := f.form.unread; name != "" {
		f.LeftOut = append(f.LeftOut, LeftOutColumn{name, "it is a list; to read its numbers, give them as columns 0, 1, …"})
	}
	for _, name := range f.Columns {
		if !utf8.ValidString(name) {
			return f.fail(&lineError{1, &columnError{name, fmt.Errorf("the name %.40q: %w", name, table.ErrNotUTF8)}})
		}
	}
	if len(f.Columns) == 0 {
		hint := separatorHint(body[0].fields)
		if f.missing == MissingRefused && slices.ContainsFunc(body[0].fields, isMissing) {
			hint += "; if values are missing: " + missingHint
		}
		return f.fail(fmt.Errorf("it has no column of numbers (%.400s)%s", strings.Join(reasons, "; "), hint))
	}
	return nil
}

// unfit says why a column does not hold numbers; "": it does.
func (f *SeriesFile) unfit(i int, name string, body []seriesRow) string {
	if i >= len(body[0].fields) {
		return fmt.Sprintf("line %d does not have it", body[0].line)
	}
	row := body[0]
	if f.missing != MissingRefused {
		at := slices.IndexFunc(body, func(r seriesRow) bool { return i < len(r.fields) && !isMissing(r.fields[i]) })
		if at < 0 {
			return fmt.Sprintf("its values in the first %d rows are missing", len(body))
		}
		row = body[at]
	}
	switch value := row.fields[i]; {
	case isMissing(value):
		return fmt.Sprintf("its first value, in line %d, is missing", row.line)
	case isDecimalComma(value) && !f.decimalComma:
		return fmt.Sprintf("%.40q in line %d may have a comma for its decimal point; write numbers with a point", value, row.line)
	case !f.isNumber(value):
		return fmt.Sprintf("%.40q in line %d is not a number", value, row.line)
	case f.header && strings.TrimSpace(name) == "" && f.counts(i, body):
		return "it has no name and counts the rows"
	}
	return ""
}

// counts reports whether a column has the numbers of the rows, from 0 or 1.
func (f *SeriesFile) counts(i int, body []seriesRow) bool {
	first := 0
	for n, row := range body {
		if i >= len(row.fields) {
			return false
		}
		v, err := strconv.Atoi(strings.TrimSpace(row.fields[i]))
		if n == 0 {
			first = v
		}
		if err != nil || v != first+n || first < 0 || first > 1 {
			return false
		}
	}
	return true
}

// isMissing reports whether a field stands for an unknown value.
func isMissing(field string) bool {
	switch strings.ToLower(strings.TrimSpace(field)) {
	case "", "na", "n/a", "null", "none", "?", "-":
		return true
	}
	return false
}

// number returns the number in a field of the table.
func (f *SeriesFile) number(field string) (float32, bool) {
	if f.decimalComma {
		if strings.Contains(field, ".") {
			return 0, false
		}
		field = strings.Replace(field, ",", ".", 1)
	}
	return parseNumber(field)
}

func (f *SeriesFile) isNumber(field string) bool {
	_, ok := f.number(field)
	return ok
}

// findDecimalComma reports whether the numbers of a table have decimal commas.
// Three digits after each comma may be thousands, unless semicolons separate
// the columns, as programs write tables that need commas for decimals.
func (f *SeriesFile) findDecimalComma(rows []seriesRow) bool {
	sure := false
	for _, row := range rows {
		for _, field := range row.fields {
			if _, ok := parseNumber(field); ok && strings.Contains(field, ".") {
				return false
			}
			if isDecimalComma(field) {
				_, decimals, _ := strings.Cut(strings.TrimSpace(field), ",")
				sure = sure || f.layout == layoutSemicolons || len(decimals) != 3
			}
		}
	}
	return sure
}

// parseNumber returns the number in a field, with a decimal point.
func parseNumber(field string) (float32, bool) {
	return table.ParseNumber[float32]([]byte(strings.TrimSpace(field)))
}

func isDecimalComma(field string) bool { return table.IsDecimalComma([]byte(field)) }
