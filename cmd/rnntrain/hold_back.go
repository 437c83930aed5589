package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A member has the properties of an entry that decide whether it is held back. Entries of
// one group stay on the same side. Each class is divided by the same fraction; entries
// without a class count as one class.
type member struct{ class, group string }

// holdBack divides entries at random, by the seed, into training and validation entries.
// About fraction of each class is validated on, and at least one entry of a class with
// two, but never a whole class. The results are indexes of entries, in random order.
//
// Groups are not divided, so the fractions are only as exact as the groups allow.
func holdBack(entries []member, fraction float64, seed uint64) (train, valid []int) {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	rng := rand.New(rand.NewPCG(seed, 0x5917))
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })

	d := newDivision(entries, fraction)
	held := make([]bool, len(entries))
	var fallback []int // group to hold back if every group is too large
	best, any := math.MinInt, false
	for _, group := range groups(entries, order) {
		gain, possible := d.gain(group)
		switch {
		case !possible:
		case gain > 0:
			d.hold(group, held)
			any = true
		case gain > best:
			best, fallback = gain, group
		}
	}
	if !any && d.isDue() {
		d.hold(fallback, held)
	}
	for _, i := range order {
		if held[i] {
			valid = append(valid, i)
		} else {
			train = append(train, i)
		}
	}
	return train, valid
}

// holdBackOf is like [holdBack] for the entries with these indexes only.
func holdBackOf(entries []member, numbers []int, fraction float64, seed uint64) (train, valid []int) {
	some := make([]member, len(numbers))
	for i, n := range numbers {
		some[i] = entries[n]
	}
	train, valid = holdBack(some, fraction, seed)
	for _, list := range [][]int{train, valid} {
		for i, n := range list {
			list[i] = numbers[n]
		}
	}
	return train, valid
}

// holdBackGroups divides entries into training entries and those of the named groups.
func holdBackGroups(entries []member, names []string) (train, held []int, err error) {
	met := map[string]bool{}
	for i, e := range entries {
		met[e.group] = true
		if slices.Contains(names, e.group) {
			held = append(held, i)
		} else {
			train = append(train, i)
		}
	}
	for _, name := range names {
		if name == "" || !met[name] {
			return nil, nil, fmt.Errorf("--test-groups: there is no group %s", message.Quote(name))
		}
	}
	return train, held, nil
}

// groups returns the entries of each group, in reverse order. An entry without a group is
// a group of its own.
func groups(entries []member, order []int) (groups [][]int) {
	numbers := map[string]int{}
	for _, i := range slices.Backward(order) {
		name := entries[i].group
		number, found := numbers[name]
		if name == "" || !found {
			number = len(groups)
			groups = append(groups, nil)
		}
		if name != "" {
			numbers[name] = number
		}
		groups[number] = append(groups[number], i)
	}
	return groups
}

// countGroups returns the number of named groups among the entries with these indexes.
func countGroups(entries []member, numbers []int) int {
	names := map[string]bool{}
	for _, i := range numbers {
		if name := entries[i].group; name != "" {
			names[name] = true
		}
	}
	return len(names)
}

// A division counts the held-back entries of each class.
type division struct {
	entries          []member
	total, due, held map[string]int
}

func newDivision(entries []member, fraction float64) *division {
	d := &division{entries: entries, total: map[string]int{}, held: map[string]int{}}
	for _, e := range entries {
		d.total[e.class]++
	}
	d.due = shares(d.total, fraction)
	return d
}

// shares returns the number of entries to hold back per class: the fraction, rounded by
// the largest remainders, but at least one of a class with two entries, and never all.
func shares(total map[string]int, fraction float64) map[string]int {
	due := map[string]int{}
	if fraction <= 0 {
		return due
	}
	n, left := 0, 0
	for _, t := range total {
		n += t
	}
	left = int(fraction * float64(n))
	classes := slices.Sorted(maps.Keys(total))
	for _, c := range classes {
		due[c] = int(fraction * float64(total[c]))
		if c != "" {
			due[c] = min(max(due[c], 1), total[c]-1)
		}
		left -= due[c]
	}
	missing := func(c string) float64 { return fraction*float64(total[c]) - float64(due[c]) }
	slices.SortStableFunc(classes, func(a, b string) int { return cmp.Compare(missing(b), missing(a)) })
	for _, c := range classes {
		if left > 0 && due[c] < total[c]-1 && missing(c) > 0 {
			due[c]++
			left--
		}
	}
	return due
}

// isDue reports whether any entry is still to be held back.
func (d *division) isDue() bool {
	for _, n := range d.due {
		if n > 0 {
			return true
		}
	}
	return false
}

// gain returns by how much holding a group back brings the classes nearer to their
// shares. It is not possible if no entry of a class would be left.
func (d *division) gain(group []int) (gain int, possible bool) {
	for c, n := range d.count(group) {
		if d.held[c]+n >= d.total[c] {
			return 0, false
		}
		gain += abs(d.due[c]-d.held[c]) - abs(d.due[c]-d.held[c]-n)
	}
	return gain, true
}

// hold holds a group back.
func (d *division) hold(group []int, held []bool) {
	for c, n := range d.count(group) {
		d.held[c] += n
	}
	for _, i := range group {
		held[i] = true
	}
}

// count returns the number of entries per class in a group.
func (d *division) count(group []int) map[string]int {
	counts := make(map[string]int, 1)
	for _, i := range group {
		counts[d.entries[i].class]++
	}
	return counts
}

func abs(n int) int { return max(n, -n) }
