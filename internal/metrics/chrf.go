package metrics

import (
	"strings"
	"unicode"
)

// chrFOrder is the length of the longest n-grams of chrF.
const chrFOrder = 6

// ChrF computes the character n-gram F-score of translations, chrF2 (Popović,
// "chrF: character n-gram F-score for automatic MT evaluation", 2015), as
// sacreBLEU computes it by default:
//
//	P_n = matches of n-grams / n-grams of the translations
//	R_n = matches of n-grams / n-grams of the references
//	chrF2 = 100 · (1 + 2²) · P · R / (2² · P + R)
//
// n is 1 to 6, white space does not count, and matches are counted over all
// texts. P and R are the means of P_n and R_n over those n for which both sides
// have n-grams. The zero value has no translations.
type ChrF struct{ orders [chrFOrder]ngramCounts }

// ngramCounts has the numbers of n-grams in the translation, in the reference,
// and in both.
type ngramCounts struct{ hypothesis, reference, both int }

// Add adds a translation, compared with the reference that gives it the highest
// score.
func (c *ChrF) Add(hypothesis string, references []string) {
	var best ChrF
	for i, r := range references {
		one := compareCharacters(hypothesis, r)
		if i == 0 || one.Score() > best.Score() {
			best = one
		}
	}
	for i := range c.orders {
		c.orders[i].hypothesis += best.orders[i].hypothesis
		c.orders[i].reference += best.orders[i].reference
		c.orders[i].both += best.orders[i].both
	}
}

// Score returns chrF2, 0 to 100.
func (c *ChrF) Score() float64 {
	const weight = 2 * 2 // recall counts twice as much as precision
	var precision, recall, orders float64
	for _, o := range c.orders {
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

func compareCharacters(hypothesis, reference string) (c ChrF) {
	h, r := characters(hypothesis), characters(reference)
	for i := range c.orders {
		hs, rs := ngrams(h, i+1), ngrams(r, i+1)
		c.orders[i].hypothesis, c.orders[i].reference = max(0, len(h)-i), max(0, len(r)-i)
		for gram, n := range hs {
			c.orders[i].both += min(n, rs[gram])
		}
	}
	return c
}

// characters returns the characters of a text that are not white space.
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
