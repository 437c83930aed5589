package main

import (
	"strings"
	"unicode"
)

// chrfOrder is the length of the longest n-grams of chrF.
const chrfOrder = 6

// A chrf sums up the character n-gram F-score of translations, chrF2 (Popović,
// "chrF: character n-gram F-score for automatic MT evaluation", 2015), as
// sacreBLEU computes it by default: n-grams of 1 to 6 characters without white
// space, counted over all texts; the precisions, and the recalls, of those n of
// which both sides have any are averaged, and their F-score weighs recall twice.
type chrf struct{ n [chrfOrder]overlap }

// An overlap counts n-grams of the hypothesis, of the reference, and of both.
type overlap struct{ hypothesis, reference, both int }

// add adds a translation, with that of the references that is best for it.
func (c *chrf) add(hypothesis string, references []string) {
	var best chrf
	for i, r := range references {
		one := compareCharacters(hypothesis, r)
		if i == 0 || one.score() > best.score() {
			best = one
		}
	}
	for i := range c.n {
		c.n[i].hypothesis += best.n[i].hypothesis
		c.n[i].reference += best.n[i].reference
		c.n[i].both += best.n[i].both
	}
}

// score returns chrF2, 0 to 100.
func (c *chrf) score() float64 {
	const weight = 2 * 2
	var precision, recall, orders float64
	for _, o := range c.n {
		if o.hypothesis > 0 && o.reference > 0 {
			precision += float64(o.both) / float64(o.hypothesis)
			recall += float64(o.both) / float64(o.reference)
			orders++
		}
	}
	if precision+recall == 0 {
		return 0
	}
	precision, recall = precision/orders, recall/orders
	return 100 * (1 + weight) * precision * recall / (weight*precision + recall)
}

func compareCharacters(hypothesis, reference string) (c chrf) {
	h, r := characters(hypothesis), characters(reference)
	for i := range c.n {
		hs, rs := ngrams(h, i+1), ngrams(r, i+1)
		c.n[i].hypothesis, c.n[i].reference = max(0, len(h)-i), max(0, len(r)-i)
		for gram, n := range hs {
			c.n[i].both += min(n, rs[gram])
		}
	}
	return c
}

// characters returns the text's without white space.
func characters(text string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text))
}

// ngrams counts the n-grams of a text.
func ngrams(text []rune, n int) map[string]int {
	counts := map[string]int{}
	for i := n; i <= len(text); i++ {
		counts[string(text[i-n:i])]++
	}
	return counts
}

// distance returns the fewest tokens to insert, delete or replace to make one
// sequence the other (Levenshtein 1966).
func distance(a, b []int32) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
