// Package message writes parts of messages: counts, and quotations of names, labels and
// lines from files. A quotation has a bounded length and no control characters.
package message

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quote quotes a string, and cuts it if it is long.
func Quote(s string) string {
	const most = 80 // bytes
	if len(s) > most {
		return fmt.Sprintf("%q… (%d bytes)", cut(s, most), len(s))
	}
	return strconv.Quote(s)
}

// List returns names separated by commas. It quotes those that are not plain text or
// have a comma, and leaves out names if there are many.
func List(names []string) string {
	const most, longest = 12, 40 // names, bytes of a name
	shown := names[:min(len(names), most)]
	list := make([]string, 0, most+1)
	for _, name := range shown {
		short := cut(name, longest)
		if quoted := strconv.Quote(short); quoted != `"`+short+`"` || short == "" || strings.Contains(short, ",") {
			short = quoted
		}
		if len(name) > longest {
			short += "…"
		}
		list = append(list, short)
	}
	if len(names) > most {
		list = append(list, fmt.Sprintf("… (%d in all)", len(names)))
	}
	return strings.Join(list, ", ")
}

// Count returns a number and the noun that it counts: "1 step", "2 steps", "3 classes",
// "4 axes", "5 entries".
func Count[N ~int | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](n N, noun string) string {
	return count(fmt.Sprint(n), noun)
}

func count(n, noun string) string {
	if n != "1" {
		noun = plural(noun)
	}
	return n + " " + noun
}

// plural returns the plural of a noun whose last word is regular, or ends in "is".
func plural(noun string) string {
	for _, ending := range [...][2]string{{"is", "es"}, {"ay", "ays"}, {"ey", "eys"}, {"y", "ies"}, {"s", "ses"}, {"och", "ochs"}, {"ch", "ches"}} {
		if stem, found := strings.CutSuffix(noun, ending[0]); found {
			return stem + ending[1]
		}
	}
	return noun + "s"
}

// cut returns at most n bytes of s, and no part of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Suggestion returns "; did you mean NAME?" with the most similar name, or nothing if no
// name is similar.
func Suggestion(name string, names []string) string {
	if near := nearest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// nearest returns the name with the smallest edit distance, the first of several. It
// returns "" if every distance is more than a third of the name's length.
func nearest(name string, names []string) (near string) {
	least := len(name) / 3
	for _, n := range names {
		if d := distance(name, n); d < least || d == least && near == "" {
			near, least = n, d
		}
	}
	return near
}

// distance returns how many characters must be inserted, deleted or replaced to turn a
// into b (Levenshtein 1966).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			replaced := diagonal
			if r != s {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
