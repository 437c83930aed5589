package main

import (
	"fmt"
	"iter"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/message"
)

// refuseNumbers refuses a file of series if a target is neither 0 nor 1. targets are
// columns.
func refuseNumbers(file *dataset.SeriesFile, targets []int) error {
	n := 0
	for step, err := range file.Steps() {
		if err != nil {
			return err
		}
		n++
		if err := refuseNumber(file, step, n, targets); err != nil {
			return err
		}
	}
	return nil
}

// refuseNumber refuses step n of the file if a target is neither 0 nor 1.
func refuseNumber(file *dataset.SeriesFile, step dataset.SeriesStep, n int, targets []int) error {
	for _, k := range targets {
		v := step.Values[k]
		if v == 0 || v == 1 {
			continue
		}
		at := fmt.Sprintf("step %d", n)
		if step.Line > 0 {
			at = fmt.Sprintf("line %d", step.Line)
		}
		return fmt.Errorf("%s: %s: %s is %v, but binary values are 0 or 1: choose --targets that are, or train without --binary", file.Path, at, file.Columns[k], v)
	}
	return nil
}

// binaryTargets refuses entries in which a value to predict is neither 0 nor 1.
func binaryTargets(read func(path string) iter.Seq2[entry, error], targets []string) func(path string) iter.Seq2[entry, error] {
	return func(path string) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			for e, err := range read(path) {
				for i, v := range e.values {
					if err == nil && v != 0 && v != 1 {
						err = fmt.Errorf("%s: line %d: %s is %v in the sequence that begins there, but binary values are 0 or 1: choose --targets that are, or train without --binary",
							path, e.lines[0], message.Quote(targets[i%len(targets)]), v)
					}
				}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}
