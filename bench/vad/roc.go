package main

import "slices"

// A roc is the scores that a model gives to frames, of speech and of none.
type roc struct{ speech, other []float32 }

func (r *roc) add(score float32, speech bool) {
	if speech {
		r.speech = append(r.speech, score)
	} else {
		r.other = append(r.other, score)
	}
}

// join adds the scores of another.
func (r *roc) join(o *roc) {
	r.speech, r.other = append(r.speech, o.speech...), append(r.other, o.other...)
}

// sort sorts the scores, which the other methods need.
func (r *roc) sort() {
	slices.Sort(r.speech)
	slices.Sort(r.other)
}

// area returns the area under the curve: how often speech has the higher score.
func (r *roc) area() float64 {
	sum, below, upTo := 0., 0, 0
	for _, s := range r.speech {
		for below < len(r.other) && r.other[below] < s {
			below++
		}
		for upTo < len(r.other) && r.other[upTo] <= s {
			upTo++
		}
		sum += float64(below+upTo) / 2
	}
	return sum / float64(len(r.speech)) / float64(len(r.other))
}

// missed returns the share of speech below a threshold, and alarms the share of the other
// frames from it on.
func (r *roc) missed(threshold float32) float64 {
	n, _ := slices.BinarySearch(r.speech, threshold)
	return float64(n) / float64(max(1, len(r.speech)))
}

func (r *roc) alarms(threshold float32) float64 {
	n, _ := slices.BinarySearch(r.other, threshold)
	return 1 - float64(n)/float64(max(1, len(r.other)))
}

// alarmsAt returns the share of false alarms if such a share of the speech may be missed.
func (r *roc) alarmsAt(missed float64) float64 {
	return r.alarms(r.speech[int(missed*float64(len(r.speech)))])
}

// curve returns the shares of misses and of false alarms at many thresholds, in per cent.
func (r *roc) curve() (alarms, missed []float64) {
	const points = 400
	for i := range points {
		// Both ends of the curve need points that are close together.
		t := float64(i) / points
		threshold := r.speech[int(t*t*float64(len(r.speech)-1))]
		alarms = append(alarms, 100*r.alarms(threshold))
		missed = append(missed, 100*r.missed(threshold))
	}
	slices.Reverse(alarms)
	slices.Reverse(missed)
	return alarms, missed
}
