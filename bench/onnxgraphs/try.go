package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/onnx/export"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// tolerance is the difference up to which outputs are the same, of those above 1
// as a part of them.
const tolerance = 2e-5

// sequences is how many sequences are read at once.
const sequences = 2

// A tally is what became of models.
type tally struct {
	title                 string // of the model that is tried
	right, wrong          int
	sensitive, notNumbers int
	streams, streamsWrong int
	read, near, unread    int // of what is read again: the same bits, nearly so, refused
	worst                 float64
	refused, reasons      map[string]int
	examples              map[string]string
}

func count(to *map[string]int, key string) {
	if *to == nil {
		*to = map[string]int{}
	}
	(*to)[key]++
}

// try compares a model's outputs.
func (t *tally) try(d *format.Model, r *rand.Rand, steps int) {
	if d.WeightBytes(format.DTypeInt8)+d.WeightBytes(format.DTypeInt4) > 0 {
		// The same without rounding what int8 weights are multiplied with.
		var err error
		if d, err = d.Convert(format.DTypeF32); err != nil {
			panic(err)
		}
	}
	m, err := rnn.New(d)
	if err != nil {
		panic(err)
	}
	batch := make([]sequence, sequences)
	for i := range batch {
		batch[i] = newSequence(r, m, steps)
	}
	want := outputs(m, batch)
	file, err := export.Model(d, export.Options{})
	if err != nil {
		count(&t.refused, reason(err))
		return
	}
	if !finite(want) {
		t.notNumbers++ // what becomes of NaN is not said
		return
	}
	got, err := compute(file, batch, []int{steps})
	switch worst := difference(want, got); {
	case err == nil && worst > tolerance && sensitive(file, batch, steps, want, got):
		t.sensitive++
	case err != nil:
		t.wrong++
		fmt.Printf("%s: %v\n", t.title, err)
	case worst > tolerance:
		t.wrong++
		fmt.Printf("%s: differs by %.3g\n", t.title, worst)
	default:
		t.right++
		t.worst = max(t.worst, worst)
	}
	t.tryStream(d, batch, want, steps)
	t.readAgain(file, m, batch)
}

// tryStream compares the model's outputs when it reads parts.
func (t *tally) tryStream(d *format.Model, batch []sequence, want [][]float64, steps int) {
	file, err := export.Model(d, export.Options{Stream: true})
	if errors.Is(err, export.ErrUnsupported) {
		return
	}
	parts := []int{steps}
	for parts[len(parts)-1] > 1 { // 9 steps: 5 2 1 1
		last := parts[len(parts)-1]
		parts[len(parts)-1] = (last + 1) / 2
		parts = append(parts, last/2)
	}
	var got [][]float64
	if err == nil {
		got, err = compute(file, batch, parts)
	}
	if worst := difference(want, got); err != nil || worst > tolerance && !sensitive(file, batch, steps, want, got) {
		t.streamsWrong++
		t.wrong++
		fmt.Printf("%s in parts: differs by %.3g %v\n", t.title, worst, err)
		return
	}
	t.streams++
}

// readAgain reads the file back.
func (t *tally) readAgain(file *proto.Model, m *rnn.Model, batch []sequence) {
	n, err := onnx.Read(file.Marshal())
	var d *format.Model
	if err == nil {
		d, err = n.Model()
	}
	if err != nil {
		t.unread++
		count(&t.reasons, reason(err))
		if t.examples == nil {
			t.examples = map[string]string{}
		}
		t.examples[reason(err)] = t.title
		return
	}
	again, err := rnn.New(d)
	if err != nil {
		panic(err)
	}
	want, got := exact(m, batch), exact(again, batch)
	if slices.EqualFunc(want, got, slices.Equal[[]uint32]) {
		t.read++
		return
	}
	if worst := difference(outputs(m, batch), outputs(again, batch)); worst > tolerance {
		t.wrong++
		fmt.Printf("%s is read again as another network, which differs by %.3g\n", t.title, worst)
		return
	}
	t.near++
}

// reason is an error's text without the names of nodes.
func reason(err error) string {
	text := err.Error()
	return text[max(0, len(text)-110):]
}

// difference returns the greatest one.
func difference(want, got [][]float64) float64 {
	if len(want) != len(got) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range want {
		if len(want[i]) != len(got[i]) {
			return math.Inf(1)
		}
		for k, w := range want[i] {
			d := math.Abs(got[i][k]-w) / max(1, math.Abs(w))
			if math.IsNaN(d) {
				return math.Inf(1)
			}
			worst = max(worst, d)
		}
	}
	return worst
}

func (t *tally) print(kind string, verbose bool) {
	refused := 0
	for _, n := range t.refused {
		refused += n
	}
	fmt.Printf("%s: %d within %g (worst %.3g), %d within what rounding does to them, %d wrong, %d not possible in ONNX, %d with outputs that are no numbers; %d also in parts\n",
		kind, t.right, tolerance, t.worst, t.sensitive, t.wrong, refused, t.notNumbers, t.streams)
	for _, reason := range slices.Sorted(maps.Keys(t.refused)) {
		fmt.Printf("    not possible, %d: %s\n", t.refused[reason], reason)
	}
	fmt.Printf("%s read again: %d with the same bits, %d within %g, %d refused\n", kind, t.read, t.near, tolerance, t.unread)
	if verbose {
		for _, reason := range slices.Sorted(maps.Keys(t.reasons)) {
			fmt.Printf("    refused, %d such as %s: …%s\n", t.reasons[reason], t.examples[reason], reason)
		}
	}
}
