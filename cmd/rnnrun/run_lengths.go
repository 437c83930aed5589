package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/npy"
)

// readLengths reads the value of --lengths: numbers between commas, or a .npy file with an
// array of integers.
func readLengths(text string) ([]int, error) {
	if series.KindOf(text) == series.KindNPY {
		return readLengthsFile(text)
	}
	var lengths []int
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil {
			return nil, cli.Usagef("--lengths %s: %q is not a number of steps; give a .npy file, or numbers such as 7,3,5", text, field)
		}
		lengths = append(lengths, n)
	}
	return lengths, nil
}

func readLengthsFile(path string) ([]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := npy.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(r.Shape) != 1 {
		return nil, fmt.Errorf("%s: the array has the shape %v, want [N]: the lengths of N sequences", path, r.Shape)
	}
	var lengths []int
	for r.Left() > 0 {
		var n [1]int32
		if err := r.ReadInt32(n[:]); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		lengths = append(lengths, int(n[0]))
	}
	return lengths, nil
}

// checkLengths checks that the input's sequences can have those lengths.
func checkLengths(lengths []int, layout series.Layout, input string) error {
	if layout.Sequences < 0 || layout.Steps < 0 {
		return cli.Usagef("--lengths is for .npy; the sequences of %s are not padded: leave it out", input)
	}
	if len(lengths) != layout.Sequences {
		return fmt.Errorf("--lengths has %s, but %s has %s", message.Count(len(lengths), "length"), input, message.Count(layout.Sequences, "sequence"))
	}
	for i, n := range lengths {
		if n < 0 || n > layout.Steps {
			return fmt.Errorf("--lengths: sequence %d cannot have %s, since %s has %d", i, message.Count(n, "step"), input, layout.Steps)
		}
	}
	return nil
}
