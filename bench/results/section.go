package main

import (
	"fmt"
	"strings"
)

// A section of the page has the rows of one set of data.
type section struct {
	title string
	data  string // the preparation; "" if the files are read as they are
	text  string // where the data are from, how they are split, and what is known of them
	// measures are the columns of the table.
	measures []measure
	rows     []row
	after    string // what the table says
}

// A measure is a number that rnntrain eval prints.
type measure struct {
	key, title, format string
	factor             float64
}

// A row is a model: how it is trained, and how it is measured.
type row struct {
	name, shown string
	train, eval string // of rnntrain; $DATA is the folder of the data
	folds       bool   // once for every fold, whose number stands for K
	reference   string // published
}

// train returns the row that trains on that data to a model named as the row
// is, and measures it on others.
func train(name, shown, command, data, flags, test, reference string) row {
	r := row{name: name, shown: shown, reference: reference}
	model := name + ".rnn"
	if strings.Contains(data, "-K") {
		r.folds, model = true, name+"-K.rnn"
	}
	r.train = fmt.Sprintf("%s %s -o %s %s", command, data, model, flags)
	r.eval = fmt.Sprintf("eval %s %s", model, test)
	return r
}

func (r row) commands() []string { return []string{"rnntrain " + r.train, "rnntrain " + r.eval} }

var (
	accuracy = measure{"accuracy", "Accuracy, %", "%.2f", 100}
	macroF1  = measure{"macro_f1", "Macro F1", "%.3f", 1}
	frameNLL = measure{"nats_per_step", "Nats a frame", "%.3f", 1}
	nats     = measure{"loss", "Nats a character", "%.4f", 1}
	bits     = measure{"bits_per_token", "Bits a character", "%.4f", 1}
)
