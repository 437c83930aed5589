package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// intents splits the sentences.
func (p preparation) intents() error {
	list, err := p.lines("ko_3i4k", "fci_train_val.txt")
	if err != nil {
		return err
	}
	return p.split("intents.tsv", list, 10)
}

// names makes a table of the files of names, one for each language.
func (p preparation) names() error {
	files, err := filepath.Glob(filepath.Join(p.data, "names", "*.txt"))
	if err != nil {
		return err
	}
	var list []string
	for _, path := range files {
		names, err := p.lines("names", filepath.Base(path))
		if err != nil {
			return err
		}
		for _, name := range names {
			list = append(list, strings.TrimSuffix(filepath.Base(path), ".txt")+"\t"+strings.TrimSpace(name))
		}
	}
	return p.split("names.tsv", list, 10, "label\ttext")
}

// makemore shuffles the names, which stand in the order of how frequent they
// are: the end of the text is what is held back.
func (p preparation) makemore() error {
	list, err := p.lines("makemore_names", "names.txt")
	if err != nil {
		return err
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return p.write("makemore.txt", list)
}

// chatbot makes a text of the different sentences, one a line, shuffled.
func (p preparation) chatbot() error {
	f, err := os.Open(filepath.Join(p.data, "ko_chatbot", "ChatbotData.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	var list []string
	for _, r := range rows[1:] {
		list = append(list, strings.TrimSpace(r[0]), strings.TrimSpace(r[1]))
	}
	slices.Sort(list)
	list = slices.Compact(list)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return p.write("chatbot.txt", list)
}

// numbers makes series of the roots of sunspot numbers, of temperatures as they
// are, and of the growth of passengers; and cuts the last fifth off, so that no
// training sees it.
func (p preparation) numbers() error {
	same := func(now, _ float64) float64 { return now }
	for _, s := range []struct {
		file, name string
		after      int // the first value
		value      func(now, before float64) float64
	}{
		{"monthly-sunspots", "sunspots", 0, func(now, _ float64) float64 { return math.Sqrt(now) }},
		{"daily-min-temperatures", "temperatures", 0, same},
		{"airline-passengers", "airline", 1, func(now, before float64) float64 { return 100 * math.Log(now/before) }},
	} {
		list, err := p.lines("timeseries", s.file+".csv")
		if err != nil {
			return err
		}
		values := []string{s.name}
		before := 0.0
		for i, line := range list[1:] {
			_, text, _ := strings.Cut(line, ",")
			now, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fmt.Errorf("%s: line %d: %w", s.file, i+2, err)
			}
			if i >= s.after {
				values = append(values, strconv.FormatFloat(s.value(now, before), 'f', 4, 64))
			}
			before = now
		}
		steps := len(values) - 1
		if err := p.write(s.name+".csv", values); err != nil {
			return err
		}
		if err := p.write(s.name+"-train.csv", values[:1+steps-steps/5]); err != nil {
			return err
		}
	}
	return nil
}
