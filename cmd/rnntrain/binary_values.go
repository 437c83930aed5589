package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/dataset"
)

// refuseNumbers refuses a file of series in which a target is neither 0 nor 1.
// The targets are at these columns.
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

// refuseNumber refuses a step, the nth of the file, with a target that is neither
// 0 nor 1.
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
