package main

import (
	"iter"
	"slices"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A portion is the entries of a file that eval measures a model on: all of them, those
// that a training held back, or those of some groups.
type portion struct {
	held   []bool // of every entry, whether the training held it back; nil: all are measured
	groups []string
	met    map[string]bool
	next   int // the number of the next entry
}

// portion returns the portion that the flags ask for of these entries.
func (f *evalFlags) portion(entries iter.Seq2[member, error]) (*portion, error) {
	p := &portion{groups: f.groups, met: map[string]bool{}}
	if err := checkShare("test-fraction", f.testing); err != nil || f.testing == 0 {
		return p, err
	}
	var members []member
	for m, err := range entries {
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	p.held = make([]bool, len(members))
	_, test := holdBack(members, f.testing, f.seed)
	for _, i := range test {
		p.held[i] = true
	}
	return p, nil
}

// hasNext reports whether the next entry, which is of that group, is in the portion.
func (p *portion) hasNext(group string) bool {
	p.met[group] = true
	n := p.next
	p.next++
	return (p.held == nil || p.held[n]) && (len(p.groups) == 0 || slices.Contains(p.groups, group))
}

// check refuses groups of which the file at the path has no entry, which is called so.
func (p *portion) check(path, entry string) error {
	for _, group := range p.groups {
		if !p.met[group] {
			return cli.Usagef("--groups: %s has no %s in the group %s", path, entry, message.Quote(group))
		}
	}
	return nil
}
