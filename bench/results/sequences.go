package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sequence returns a line of JSON for rnntrain classify.
func sequence(inputs [][]json.Number, label string) (string, error) {
	b, err := json.Marshal(struct {
		Inputs [][]json.Number `json:"inputs"`
		Label  string          `json:"label"`
	}{inputs, label})
	return string(b), err
}

func jsonNumbers(fields []string) []json.Number {
	var list []json.Number
	for _, f := range fields {
		list = append(list, json.Number(f))
	}
	return list
}

// vowels reads blocks of lines of 12 coefficients, each ended by a line of ones,
// written 1.0 or 1.00; the first 30 blocks are of speaker 1, and on.
func (p preparation) vowels() error {
	text, err := p.lines("japanese_vowels", "ae.train")
	if err != nil {
		return err
	}
	var list []string
	var steps [][]json.Number
	for _, line := range text {
		fields := strings.Fields(line)
		if slices.ContainsFunc(fields, func(f string) bool { return f != "1.0" && f != "1.00" }) {
			steps = append(steps, jsonNumbers(fields))
			continue
		}
		s, err := sequence(steps, fmt.Sprint(1+len(list)/30))
		if err != nil {
			return err
		}
		list, steps = append(list, s), nil
	}
	return p.fold("vowels", list)
}

// pens reads 8 points of a pen's way a line, and the digit.
func (p preparation) pens() error {
	text, err := p.lines("pendigits", "pendigits.csv")
	if err != nil {
		return err
	}
	const official = 7494 // rows to train on; the others are of other writers
	var list []string
	for _, line := range text[1:] {
		fields := strings.Split(line, ",")
		var steps [][]json.Number
		for i := 1; i < 17; i += 2 {
			steps = append(steps, jsonNumbers(fields[i:i+2]))
		}
		s, err := sequence(steps, fields[17])
		if err != nil {
			return err
		}
		list = append(list, s)
	}
	if err := p.write("pens-train.jsonl", list[:official]); err != nil {
		return err
	}
	return p.write("pens-test.jsonl", list[official:])
}

// movement reads an archive with a table for every sequence, and one of labels.
func (p preparation) movement() error {
	archive, err := zip.OpenReader(filepath.Join(p.data, "timeseries", "IndoorMovement.zip"))
	if err != nil {
		return err
	}
	defer archive.Close()
	table := func(name string) ([][]string, error) {
		f, err := archive.Open("dataset/" + name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		var rows [][]string
		for line := range strings.Lines(string(b)) {
			if line = strings.ReplaceAll(strings.TrimSpace(line), " ", ""); line != "" && line[0] != '#' {
				rows = append(rows, strings.Split(line, ","))
			}
		}
		return rows, nil
	}
	targets, err := table("MovementAAL_target.csv")
	if err != nil {
		return err
	}
	var list []string
	for _, t := range targets {
		rows, err := table("MovementAAL_RSS_" + t[0] + ".csv")
		if err != nil {
			return err
		}
		var steps [][]json.Number
		for _, r := range rows {
			steps = append(steps, jsonNumbers(r))
		}
		s, err := sequence(steps, map[string]string{"1": "changes", "-1": "stays"}[t[1]])
		if err != nil {
			return err
		}
		list = append(list, s)
	}
	return p.fold("movement", list)
}

// music reads the notes that sound at every step, of 88, and writes a line of
// zeros and ones for every piece. Of those to train on every tenth is held back
// to choose the epoch by; those to validate on are the test.
func (p preparation) music(file, name string) error {
	b, err := os.ReadFile(filepath.Join(p.data, "polymusic", file))
	if err != nil {
		return err
	}
	var parts map[string][][][]int
	if err := json.Unmarshal(b, &parts); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	lines := map[string][]string{}
	for part, pieces := range parts {
		for _, piece := range pieces {
			steps := make([][88]int, len(piece))
			for t, notes := range piece {
				for _, n := range notes {
					steps[t][n] = 1
				}
			}
			line, err := json.Marshal(steps)
			if err != nil {
				return err
			}
			lines[part] = append(lines[part], string(line))
		}
	}
	train, held := splitLines(lines["train"], 10, 9)
	for suffix, list := range map[string][]string{"train": train, "held": held, "test": lines["valid"]} {
		if err := p.write(name+"-"+suffix+".jsonl", list); err != nil {
			return err
		}
	}
	return nil
}
