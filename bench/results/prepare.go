package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"io"
)

// folds is into how many parts small data are split: each part is the test of
// a model that was trained on the others.
const folds = 5

// A preparation turns published files into what rnntrain reads. Paths are
// relative: inputs to the folder of the data, outputs to the one to work in.
type preparation struct{ data, work string }

// preparations are by the name of the section that needs them.
var preparations = map[string]func(p preparation) error{
	"vowels":   preparation.vowels,
	"jsb":      func(p preparation) error { return p.music("JSB_Chorales.json", "jsb") },
	"notts":    func(p preparation) error { return p.music("Nottingham.json", "notts") },
	"intents":  preparation.intents,
	"numbers":  preparation.numbers,
	"movement": preparation.movement,
	"mnist":    preparation.mnist,
	"names":    preparation.names,
	"makemore": preparation.makemore,
	"pens":     preparation.pens,
	"chatbot":  preparation.chatbot,
}

// lines returns the lines of a file, without their ends.
func (p preparation) lines(path ...string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(append([]string{p.data}, path...)...))
	if err != nil {
		return nil, err
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	return strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n"), nil
}

// write writes a file of lines.
func (p preparation) write(name string, lines []string) error {
	return atomicfile.Write(filepath.Join(p.work, name), func(w io.Writer) error {
		b := bufio.NewWriter(w)
		for _, line := range lines {
			fmt.Fprintln(b, line)
		}
		return b.Flush()
	})
}

// split writes every n-th line, from the first on, to a test, and the others to
// train on, both below the header lines.
func (p preparation) split(name string, lines []string, n int, header ...string) error {
	extension := filepath.Ext(name)
	name = strings.TrimSuffix(name, extension)
	train, test := splitLines(lines, n, 0)
	if err := p.write(name+"-train"+extension, append(header[:len(header):len(header)], train...)); err != nil {
		return err
	}
	return p.write(name+"-test"+extension, append(header[:len(header):len(header)], test...))
}

// fold writes the folds: of number k every line is a test whose number leaves
// the rest k.
func (p preparation) fold(name string, lines []string) error {
	for k := range folds {
		train, test := splitLines(lines, folds, k)
		if err := p.write(fmt.Sprintf("%s-train-%d.jsonl", name, k), train); err != nil {
			return err
		}
		if err := p.write(fmt.Sprintf("%s-test-%d.jsonl", name, k), test); err != nil {
			return err
		}
	}
	return nil
}

func splitLines(lines []string, n, rest int) (train, test []string) {
	for i, line := range lines {
		if i%n == rest {
			test = append(test, line)
		} else {
			train = append(train, line)
		}
	}
	return train, test
}
