package main

import (
	"fmt"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// workload is the work of a model at each step, and once per sequence.
type workload struct {
	format.Work
	sequence int // multiply-adds of the sequence
}

// workOf adds up the work of the parts of a model.
func workOf(d *format.Model) (w workload) {
	add := func(part format.Work, each bool) {
		if w.State += part.State; each {
			w.MultiplyAdds += part.MultiplyAdds
		} else {
			w.sequence += part.MultiplyAdds
		}
	}
	if d.Graph != nil {
		for _, v := range graphValues(d) {
			add(v.work, v.EachStep())
		}
		return w
	}
	for _, p := range parts(d) {
		add(p.work, !p.above || d.Pool == format.PoolNone)
	}
	return w
}

func (w workload) String() string {
	list := []string{fmt.Sprintf("%s per step", message.Count(w.MultiplyAdds, "multiply-add"))}
	if w.sequence > 0 {
		list = append(list, fmt.Sprintf("%d per sequence", w.sequence))
	}
	if w.State > 0 {
		list = append(list, "a state of "+message.Count(w.State, "number"))
	}
	return strings.Join(list, ", ")
}

func (w workload) json() cli.Object {
	return cli.Object{"multiply_adds", w.MultiplyAdds, "multiply_adds_of_sequence", w.sequence, "state", w.State}
}
