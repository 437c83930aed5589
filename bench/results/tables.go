package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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

// numbers cuts the last fifth off series, so that no training sees it.
func (p preparation) numbers() error {
	for _, name := range []string{"monthly-sunspots", "daily-min-temperatures", "airline-passengers"} {
		list, err := p.lines("timeseries", name+".csv")
		if err != nil {
			return err
		}
		steps := len(list) - 1
		if err := p.write(name+"-train.csv", list[:1+steps-steps/5]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
