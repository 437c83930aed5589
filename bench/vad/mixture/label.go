package mixture

import (
	"math"
	"slices"
)

// A step of clean speech is speech if its energy above 100 Hz is at most depth below the
// loud steps of its speaker: those that are louder than 90 in 100 of the steps which are
// no digital silence. It must also be so much above the quiet steps, 5 in 100, if the
// recording has noise of its own. Pauses of at most shortPause steps are speech, such as
// those before the burst of a stop; what is shorter than shortSpeech is none.
const (
	depth       = 30 // dB
	aboveQuiet  = 12 // dB
	shortPause  = 6  // 96 ms
	shortSpeech = 3  // 48 ms
)

// Labels tells of every step of clean speech by one speaker whether it is speech.
func Labels(speech []float32) []bool {
	levels := levels(highPass(speech, 100))
	threshold := speechLevel(levels)
	labels := make([]bool, len(levels))
	for i, l := range levels {
		labels[i] = l > threshold
	}
	flip(labels, false, shortPause)
	flip(labels, true, shortSpeech-1)
	return labels
}

// levels returns the mean power of every whole step, in dB.
func levels(x []float32) []float64 {
	list := make([]float64, len(x)/Step)
	for i := range list {
		list[i] = decibels(power(x[i*Step:][:Step]))
	}
	return list
}

// speechLevel returns the level above which steps are speech.
func speechLevel(levels []float64) float64 {
	sorted := slices.Clone(levels)
	slices.Sort(sorted)
	for len(sorted) > 0 && sorted[0] < -80 { // digital silence
		sorted = sorted[1:]
	}
	if len(sorted) == 0 {
		return 0
	}
	at := func(share float64) float64 { return sorted[int(share*float64(len(sorted)-1))] }
	return max(at(0.9)-depth, min(at(0.05)+aboveQuiet, at(0.9)-depth/2))
}

// flip makes runs of a value that are no longer than so many steps to the other value,
// if they are between two of it.
func flip(labels []bool, value bool, longest int) {
	for i := 0; i < len(labels); {
		from := i
		for i < len(labels) && labels[i] == labels[from] {
			i++
		}
		if labels[from] == value && i-from <= longest && from > 0 && i < len(labels) {
			for k := from; k < i; k++ {
				labels[k] = !value
			}
		}
	}
}

func power(x []float32) (sum float64) {
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return sum / float64(max(1, len(x)))
}

func decibels(power float64) float64 { return 10 * math.Log10(power+1e-12) }

func amplitude(decibels float64) float64 { return math.Pow(10, decibels/20) }
