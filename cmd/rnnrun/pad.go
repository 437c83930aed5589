package main

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/series"
)

// A padding makes sequences as long as those that a model was trained on.
type padding struct {
	flag   string
	steps  int  // of each sequence; 0: no padding
	behind bool // zeros follow the steps instead of preceding them
}

const padHelp = `A model trained on sequences padded to one length without a mask, as by Keras'
pad_sequences, needs the same padding: --pad 30 puts zeros (the token 0) before
sequences of less than 30 steps, --pad 30:behind after them. Only the last 30 steps of
a longer sequence are read.

`

func (p *padding) add(f *pflag.FlagSet) {
	f.StringVar(&p.flag, "pad", "", "`N` or N:behind: pad each sequence to N steps with zeros before or behind it")
}

// check reads the flag.
func (p *padding) check() error {
	if p.flag == "" {
		return nil
	}
	steps, where, _ := strings.Cut(p.flag, ":")
	var err error
	p.steps, err = strconv.Atoi(steps)
	p.behind = where == "behind"
	if err != nil || p.steps < 1 || p.steps > format.MaxSize || where != "" && where != "before" && where != "behind" {
		return cli.Usagef("--pad %s: give N steps, 1 to %d, as N or N:behind", cli.Printable(p.flag), format.MaxSize)
	}
	return nil
}

// tokens returns the tokens of a text as a sequence of that length.
func (p *padding) tokens(list []int32) []int32 {
	if p.steps == 0 {
		return list
	}
	n := len(list)
	if n >= p.steps {
		return list[n-p.steps:]
	}
	list = append(list, make([]int32, p.steps-n)...)
	if !p.behind {
		copy(list[p.steps-n:], list[:n])
		clear(list[:p.steps-n])
	}
	return list
}

// padded returns a reader of sequences as long as --pad says.
func (v *conversion) padded(r series.Reader[float32], width int) (series.Reader[float32], error) {
	switch {
	case v.pad.steps == 0:
		return r, nil
	case v.lengths != "":
		return nil, cli.Usagef("--lengths is for arrays that are already padded, and --pad for sequences that are not: give only one of them")
	case r.Layout().Frames:
		return nil, cli.Usagef("--pad needs a step in each row, but the rows of the input are frames, several to a step: pad the input")
	}
	return series.Level(r, v.pad.steps, width, v.pad.behind), nil
}
