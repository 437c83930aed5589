package main

import (
	"fmt"
	"math"
	"slices"
)

// An outcome says how often a detector was right.
type outcome struct {
	windows, hit  int
	alarms, right int
	score         float64 // of the benchmark, before it is scaled
}

func (o *outcome) add(p outcome) {
	o.windows += p.windows
	o.hit += p.hit
	o.alarms += p.alarms
	o.right += p.right
	o.score += p.score
}

func (o outcome) String() string {
	return fmt.Sprintf("%d of %d, %d of %d", o.hit, o.windows, o.right, o.alarms)
}

// sum returns the measures of all series: the score of the benchmark is 0 for a detector
// without an alarm, and 100 for one that has an alarm at the start of every window alone.
func (o outcome) sum() string {
	recall, precision := float64(o.hit)/float64(o.windows), float64(o.right)/float64(max(1, o.alarms))
	f1 := 0.0
	if o.hit > 0 && o.right > 0 {
		f1 = 2 * recall * precision / (recall + precision)
	}
	score := 100 * (o.score + float64(o.windows)) / float64(2*o.windows)
	return fmt.Sprintf("recall %.2f, precision %.2f, F1 %.2f, NAB %.0f", recall, precision, f1, score)
}

// judge counts the windows with a flag, and the alarms: flags less than 24 steps
// apart are one, which is right if it begins in a window.
func (s *series) judge(flags []bool) outcome {
	o := outcome{windows: len(s.windows)}
	for _, w := range s.windows {
		if slices.Contains(flags[w[0]:w[1]+1], true) {
			o.hit++
		}
	}
	alarms := beginnings(flags)
	o.alarms = len(alarms)
	for _, i := range alarms {
		if s.windowOf(i) != nil {
			o.right++
		}
	}
	o.score = s.profile(alarms)
	return o
}

// beginnings returns where alarms begin.
func beginnings(flags []bool) (list []int) {
	const apart = 24
	last := -apart
	for i, flag := range flags {
		if flag && i-last >= apart {
			list = append(list, i)
		}
		if flag {
			last = i
		}
	}
	return list
}

// windowOf returns the window that a step is in; nil: none.
func (s *series) windowOf(i int) *[2]int {
	for k := range s.windows {
		if w := &s.windows[k]; i >= w[0] && i <= w[1] {
			return w
		}
	}
	return nil
}

// profile scores alarms by the standard profile of the benchmark: the first one in a window
// counts up to 1, the earlier the more; a window without one -1; and an alarm in none up to
// -0.11, the farther behind a window the more.
func (s *series) profile(alarms []int) float64 {
	const wrong = 0.11
	sigmoid := func(x float64) float64 { return 2/(1+math.Exp(5*x)) - 1 }
	score := -float64(len(s.windows))
	var found *[2]int
	for _, i := range alarms {
		if w := s.windowOf(i); w != nil {
			if w != found {
				score += 1 + sigmoid(-float64(w[1]-i+1)/float64(w[1]-w[0]+1))/sigmoid(-1)
			}
			found = w
			continue
		}
		behind := 4.0 // lengths of the window before; beyond 3 all count as much
		for _, w := range s.windows {
			if w[1] < i {
				behind = float64(i-w[1]) / float64(w[1]-w[0])
			}
		}
		if behind > 3 {
			score -= wrong
		} else {
			score += wrong * sigmoid(behind)
		}
	}
	return score
}
