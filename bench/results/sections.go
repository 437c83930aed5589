package main

import "slices"

// sections are those of the page, in order.
var sections = slices.Concat(classification, music, forecasting, language)

// each makes a row for every cell: NAME-CELL.
func each(name, command, data, flags, test string, published map[string]string, cells ...string) (list []row) {
	for _, cell := range cells {
		list = append(list, train(name+"-"+cell, shown[cell], command, data, "--cell "+cell+" "+flags, test, published[cell]))
	}
	return list
}

var shown = map[string]string{"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
