package main

import "github.com/rnnrun/rnnrun/internal/cli"

// A limit is the range of a number that a flag gives.
type limit struct {
	flag               string
	value, least, most float64
}

// within refuses numbers outside their range, and NaN.
func within(limits ...limit) error {
	for _, l := range limits {
		switch {
		case !(l.value >= l.least):
			return cli.Usagef("--%s %g must be at least %g", l.flag, l.value, l.least)
		case l.value > l.most:
			return cli.Usagef("--%s %g must be at most %g", l.flag, l.value, l.most)
		}
	}
	return nil
}

// checkShare refuses a fraction that is not at least 0 and less than 1.
func checkShare(flag string, share float64) error {
	if !(share >= 0 && share < 1) {
		return cli.Usagef("--%s %g is not between 0 and 1", flag, share)
	}
	return nil
}
