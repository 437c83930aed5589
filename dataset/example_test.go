package dataset_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rnnrun/rnnrun/dataset"
)

// file writes a file of data, and returns its path.
func file(name, text string) string {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	return path
}

// A table without a header, whose columns are given by their numbers.
func ExampleReadLabelledTexts() {
	path := file("reviews.tsv", "1\tgood\n0\tso so\n")
	defer os.RemoveAll(filepath.Dir(path))
	for t, err := range dataset.ReadLabelledTexts(path, dataset.LabelledTextOptions{TextColumn: "1", LabelColumn: "0"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("line %d: %q is %s\n", t.Line, t.Text, t.Label)
	}
	// Output:
	// line 1: "good" is 1
	// line 2: "so so" is 0
}

func ExampleReadTextPairs() {
	path := file("kor.jsonl", `{"source":"Go.","target":"가."}`)
	defer os.RemoveAll(filepath.Dir(path))
	for p, err := range dataset.ReadTextPairs(path, dataset.TextPairOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Source, p.Target)
	}
	// Output:
	// Go. 가.
}

func ExampleReadTaggedSequences() {
	path := file("sentences.tsv", "token\ttag\na\tDET\ndog\tNOUN\n\nruns\tVERB\n")
	defer os.RemoveAll(filepath.Dir(path))
	for s, err := range dataset.ReadTaggedSequences(path, dataset.TaggedSequenceOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Tokens, s.Tags)
	}
	// Output:
	// [a dog] [DET NOUN]
	// [runs] [VERB]
}

func ExampleReadLabelledSeries() {
	path := file("gestures.jsonl", `{"inputs":[[0,1],[2,3]],"label":"wave"}`)
	defer os.RemoveAll(filepath.Dir(path))
	for s, err := range dataset.ReadLabelledSeries(path, dataset.LabelledSeriesOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Label, s.Inputs, "of width", s.Width)
	}
	// Output:
	// wave [0 1 2 3] of width 2
}

// Columns of numbers are chosen, and others passed over.
func ExampleOpenSeries() {
	path := file("tide.csv", "hour,level\n0:00,210\n3:00,350\n\n0:00,190\n")
	defer os.RemoveAll(filepath.Dir(path))
	f, err := dataset.OpenSeries(path, dataset.SeriesOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Columns)
	for step, err := range f.Steps() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(step.Series, step.Values)
	}
	// Output:
	// [level]
	// 0 [210]
	// 0 [350]
	// 1 [190]
}

// An error tells a program where the file is wrong.
func ExampleError() {
	path := file("tide.csv", "hour,level\n0:00,210\n3:00,high\n")
	defer os.RemoveAll(filepath.Dir(path))
	f, err := dataset.OpenSeries(path, dataset.SeriesOptions{Columns: []string{"level"}})
	if err != nil {
		log.Fatal(err)
	}
	_, err = f.Lengths()
	var e *dataset.Error
	if errors.As(err, &e) {
		fmt.Printf("line %d, column %s: %v\n", e.Line, e.Column, e.Err)
	}
	// Output:
	// line 3, column level: level is "high", which is not a number
}

func ExampleLabelledTextOptions_Columns() {
	path := file("reviews.csv", "id,text,label\n7,good,1\n8,so so,0\n")
	defer os.RemoveAll(filepath.Dir(path))
	columns, err := dataset.LabelledTextOptions{}.Columns(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(columns.Read)
	fmt.Println(columns.LeftOut)
	// Output:
	// [{text text} {label label}]
	// [{id it was not asked for}]
}

// A step whose value is not known ends a series; another one begins after it.
func ExampleSeriesOptions_missing() {
	path := file("tide.csv", "level\n210\n350\n?\n190\n")
	defer os.RemoveAll(filepath.Dir(path))
	f, err := dataset.OpenSeries(path, dataset.SeriesOptions{Missing: dataset.MissingDropped})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Lengths())
	fmt.Println(f.Dropped)
	// Output:
	// [2 1] <nil>
	// 1
}
