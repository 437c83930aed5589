package dataset

import (
	"io"
	"iter"
)

// A LabelledText is a text with its label.
type LabelledText struct {
	Text, Label string
	Line        int    // of the file, from 1
	Group       string // of the group column; "": there is none
}

// LabelledTextOptions say which columns of a file hold texts and labels. An
// empty name stands for the first of the usual names that exists.
type LabelledTextOptions struct {
	TextColumn  string // usual: text, document, sentence, review
	LabelColumn string // usual: label, class, sentiment
	GroupColumn string // what the texts have in common, such as the author; "": none
}

var (
	textColumns  = []string{"text", "document", "sentence", "review"}
	labelColumns = []string{"label", "class", "sentiment"}
)

// columns returns the columns that are read.
func (o LabelledTextOptions) columns() (text, label column, group group) {
	text = newColumn("text", o.TextColumn, textColumns)
	label = newColumn("label", o.LabelColumn, labelColumns)
	label.required = true
	return text, label, newGroup(o.GroupColumn)
}

// ReadLabelledTexts yields the texts and labels of a table or of a file of JSON
// objects, one after the other. If both columns are given by their numbers, from
// 0, and line 1 does not name them, the table has no header. An error ends them.
func ReadLabelledTexts(path string, o LabelledTextOptions) iter.Seq2[LabelledText, error] {
	return labelledRecords(path, ErrTable, o.columns)
}

// labelledRecords yields the texts, which may also be names of files, and their labels
// from a table or a file of JSON objects.
func labelledRecords(path string, kind error, columns func() (text, label column, group group)) iter.Seq2[LabelledText, error] {
	return records(path, kind, func(file io.Reader) (func() (LabelledText, error), error) {
		text, label, group := columns()
		l := layoutOf(path)
		if l == layoutJSON {
			return objects(file, func(o *object) LabelledText {
				return LabelledText{Text: o.text(text), Label: o.label(label), Group: group.of(o), Line: o.line}
			}), nil
		}
		t, err := openTable(newLines(file, l), append(group, &text, &label)...)
		return func() (LabelledText, error) {
			fields, line, err := t.next()
			if err != nil {
				return LabelledText{}, err
			}
			return LabelledText{Text: fields[text.at], Label: labelOf(fields[label.at]), Group: group.in(fields), Line: line}, nil
		}, err
	})
}
