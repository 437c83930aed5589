// Nab measures the detection of anomalies on series of the Numenta Anomaly Benchmark:
//
//	go build -o /tmp/rnntrain ./cmd/rnntrain
//	cd bench && go run ./nab /tmp/rnntrain ../../nab
//
// The folder is the benchmark's repository: data/, and labels/combined_windows.json; or
// "synthetic", for series of known faults that the program makes.
// Further arguments are flags of rnntrain forecast. As
// there, the first 15 % of a series, but at most 750 steps, are known to be without
// anomalies: each detector learns from them alone, and is measured on the others.
// docs/anomaly.md has the table that it prints.
package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: go run ./nab RNNTRAIN FOLDER [FLAG...]")
	}
	for _, rate := range []float64{0.001, 0.0001} {
		fmt.Printf("\n%g false alarms a step are allowed:\n\n", rate)
		if err := measure(os.Args[1], os.Args[2], rate, os.Args[3:]); err != nil {
			log.Fatal(err)
		}
	}
}

// measure prints the table of all series that the folder has.
func measure(rnntrain, folder string, rate float64, options []string) error {
	list, err := seriesOf(folder)
	if err != nil {
		return err
	}
	var sums [len(detectors)]outcome
	fmt.Println("| Series |", strings.Join(detectors[:], " | "), "|")
	fmt.Println("|---|" + strings.Repeat("---|", len(detectors)))
	for _, s := range list {
		flags, err := s.detect(rnntrain, rate, options)
		if err != nil {
			return err
		}
		row := strings.TrimSuffix(filepath.Base(s.path), ".csv")
		for i, f := range flags {
			o := s.judge(f)
			sums[i].add(o)
			row += " | " + o.String()
		}
		fmt.Println("|", row, "|")
	}
	row := "all"
	for _, o := range sums {
		row += " | " + o.sum()
	}
	fmt.Println("|", row, "|")
	return nil
}

// seriesOf returns the series of a folder, or the synthetic ones.
func seriesOf(folder string) (list []*series, err error) {
	if folder == "synthetic" {
		return syntheticSeries(1), nil
	}
	text, err := os.ReadFile(filepath.Join(folder, "labels", "combined_windows.json"))
	if err != nil {
		return nil, err
	}
	var windows map[string][][2]string
	if err := json.Unmarshal(text, &windows); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(windows)) {
		s, err := readSeries(filepath.Join(folder, "data", filepath.FromSlash(name)), windows[name])
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// A series is one of the benchmark.
type series struct {
	path    string
	values  []float64
	windows [][2]int // first and last step
	learn   int      // steps that are known to be without anomalies
}

func readSeries(path string, windows [][2]string) (*series, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	rows = rows[1:]
	s := &series{path: path, learn: min(len(rows)*15/100, 750)}
	for _, w := range windows {
		in := [2]int{len(rows), -1}
		for i, row := range rows {
			// Times have one form, and so sort as texts.
			if n := len(row[0]); row[0] >= w[0][:n] && row[0] <= w[1][:n] {
				in[0], in[1] = min(in[0], i), i
			}
		}
		s.windows = append(s.windows, in)
	}
	for _, row := range rows {
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, err
		}
		s.values = append(s.values, v)
	}
	return s, nil
}
