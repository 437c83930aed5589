package dataset

import (
	"io"
	"iter"
)

// A LabelledText is a text with its label.
type LabelledText struct {
	Text, Label string
	Line        int // of the file, from 1
}

// LabelledTextOptions say which columns of a file hold texts and labels. An
// empty name stands for the first of the usual names that there is.
type LabelledTextOptions struct {
	TextColumn  string // usual: text, document, sentence, review
	LabelColumn string // usual: label, class, sentiment
}

var (
	textColumns  = []string{"text", "document", "sentence", "review"}
	labelColumns = []string{"label", "class", "sentiment"}
)

// ReadLabelledTexts yields the texts and labels of a table or of a file of JSON
// objects, one after the other. If both columns are given by their numbers, from
// 0, and line 1 does not name them, the table has no header. An error ends them.
func ReadLabelledTexts(path string, o LabelledTextOptions) iter.Seq2[LabelledText, error] {
	return records(path, ErrTable, func(file io.Reader) (func() (LabelledText, error), error) {
		text := newColumn("text", o.TextColumn, textColumns)
		label := newColumn("label", o.LabelColumn, labelColumns)
		label.required = true
		l := layoutOf(path)
		if l == layoutJSON {
			return objects(file, func(o *object) LabelledText {
				return LabelledText{Text: o.text(text), Label: o.label(label), Line: o.line}
			}), nil
		}
		t, err := openTable(newLines(file, l), &text, &label)
		return func() (LabelledText, error) {
			fields, line, err := t.next()
			if err != nil {
				return LabelledText{}, err
			}
			return LabelledText{Text: fields[text.at], Label: labelOf(fields[label.at]), Line: line}, nil
		}, err
	})
}
