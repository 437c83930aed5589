package main

import (
	"iter"
	"slices"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A portion is the entries of a file on which eval measures a model: all entries, those
// that training held back, or those of some groups.
type portion struct {
	held   []bool // whether training held back each entry; nil: all entries are measured
	groups []string
	met    map[string]bool
	next   int // the number of the next entry
}

// portion returns the portion of these entries that the flags select.
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

// hasNext reports whether the next entry, which belongs to group, is in the portion.
func (p *portion) hasNext(group string) bool {
	p.met[group] = true
	n := p.next
	p.next++
	return (p.held == nil || p.held[n]) && (len(p.groups) == 0 || slices.Contains(p.groups, group))
}

// check refuses groups without an entry in the file. entry is the term for an entry in
// errors.
func (p *portion) check(path, entry string) error {
	for _, group := range p.groups {
		if !p.met[group] {
			return cli.Usagef("--groups: %s has no %s in the group %s", path, entry, message.Quote(group))
		}
	}
	return nil
}
