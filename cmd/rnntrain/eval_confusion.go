package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

const (
	mostClassesShown = 20 // more classes make the lines of the confusion matrix too long
	worstShown       = 10 // classes shown if there are more
	leastImbalance   = 20 // ratio of targets above which the accuracy hides the rare class
	widestName       = 18 // name of a class in a table
)

// shown returns the classes to show. If worst is true, they are only those with the
// lowest F1 among the classes with targets.
func (e *classEvaluation) shown() (classes []int, worst bool) {
	for i := range e.confusion {
		s := e.confusion.Score(i)
		if s.Targets > 0 || e.answered(i) {
			classes = append(classes, i)
		}
	}
	if len(classes) <= mostClassesShown {
		return classes, false
	}
	classes = slices.DeleteFunc(classes, func(i int) bool { return e.confusion.Score(i).Targets == 0 })
	slices.SortStableFunc(classes, func(a, b int) int {
		return cmp.Compare(e.confusion.Score(a).F1, e.confusion.Score(b).F1)
	})
	return classes[:min(len(classes), worstShown)], true
}

// answered reports whether the model ever predicted the class.
func (e *classEvaluation) answered(class int) bool {
	return slices.ContainsFunc(e.confusion, func(row []int) bool { return row[class] > 0 })
}

// writeImbalance writes the recall of the rarest class, if another class is so common
// that the accuracy hides it.
func (e *classEvaluation) writeImbalance(b *strings.Builder) {
	rarest, commonest, ratio := e.confusion.Imbalance()
	if ratio < leastImbalance {
		return
	}
	s := e.confusion.Score(rarest)
	fmt.Fprintf(b, "imbalance   %.0f to 1: %s has %s, %s only %d, with a recall of %s; always answering %s would have an accuracy of %s\n",
		ratio, e.name(commonest), message.Count(e.confusion.Score(commonest).Targets, "target"), e.name(rarest), s.Targets, percent(s.Recall),
		e.name(commonest), percent(float64(e.confusion.Score(commonest).Targets)/float64(e.targets)))
}

// writeConfusion writes the confusion matrix: a row for each class of the targets, and a
// column for each prediction.
func (e *classEvaluation) writeConfusion(b *strings.Builder, classes []int) {
	rows, width := 0, 0
	for _, i := range classes {
		name := e.name(i)
		rows = max(rows, utf8.RuneCountInString(name))
		width = max(width, min(utf8.RuneCountInString(name), 8))
		for _, k := range classes {
			width = max(width, len(strconv.Itoa(e.confusion[i][k])))
		}
	}
	b.WriteString("confusion   one row per class of the data, one column per answer\n")
	fmt.Fprintf(b, "  %-*s", rows, "")
	for _, k := range classes {
		fmt.Fprintf(b, "  %*s", width, shortened(e.name(k), width))
	}
	b.WriteByte('\n')
	for _, i := range classes {
		fmt.Fprintf(b, "  %-*s", rows, e.name(i))
		for _, k := range classes {
			fmt.Fprintf(b, "  %*d", width, e.confusion[i][k])
		}
		b.WriteByte('\n')
	}
}

// name returns the name of a class, or its number, short enough for a table.
func (e *classEvaluation) name(class int) string {
	name := e.model.Label(class)
	if name == "" {
		name = strconv.Itoa(class)
	}
	return shortened(cli.Printable(name), widestName)
}

// shortened returns a name, cut to width characters.
func shortened(name string, width int) string {
	if r := []rune(name); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return name
}
