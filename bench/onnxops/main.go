// Command onnxops compares ONNX Runtime with the specification of the operators
// RNN, GRU and LSTM: every model of package onnxtest, which the tests of
// format/onnx compare with the same specification.
//
//	cd bench && go run . -h   # says how the library of ONNX Runtime is fetched
//	go run ./onnxops -library PATH/libonnxruntime.so.1
//
// It prints the greatest difference of every operator, and the models that ONNX
// Runtime does not support or computes in another way. With -random N it also
// makes N random graphs, and compares the networks that format/onnx makes of
// them with ONNX Runtime: what is read must be the same, and the rest refused.
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/bench/fetched"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// tolerance is the difference up to which a model is computed alike, of outputs
// above 1 as a part of them: with an unbounded function of a gate they grow.
const tolerance = 1e-5

func main() {
	library := flag.String("library", fetched.ONNXRuntime(), "the shared library of ONNX Runtime")
	random := flag.Int("random", 0, "the number of random graphs")
	flag.Parse()
	if err := run(*library, *random); err != nil {
		fmt.Fprintln(os.Stderr, "onnxops:", err)
		os.Exit(1)
	}
}

// A tally is what became of the models of an operator.
type tally struct {
	same, other, refused int
	worst                float64 // of those that are the same
}

func run(library string, random int) error {
	if library == "" {
		return fmt.Errorf("no library of ONNX Runtime: run the benchmark once, which fetches it, or give -library")
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		return err
	}
	defer ort.DestroyEnvironment()
	tallies := map[string]*tally{}
	refusals := map[string]int{}
	for _, c := range onnxtest.Cells() {
		t := tallies[c.Operator]
		if t == nil {
			t = &tally{}
			tallies[c.Operator] = t
		}
		d, err := difference(c)
		switch {
		case err != nil:
			t.refused++
			text := strings.ReplaceAll(err.Error(), "\n", " ")
			refusals[text[max(0, len(text)-120):]]++
		case d <= tolerance:
			t.same++
			t.worst = max(t.worst, d)
		default:
			t.other++
			fmt.Printf("other by %.3g: %v\n", d, c)
		}
	}
	fmt.Printf("ONNX Runtime %s, %d models\n", ort.GetVersion(), len(onnxtest.Cells()))
	for _, name := range []string{"RNN", "GRU", "LSTM"} {
		t := tallies[name]
		fmt.Printf("%-4s  %d within %g (worst %.3g), %d other, %d not supported\n", name, t.same, tolerance, t.worst, t.other, t.refused)
	}
	var texts []string
	for text := range refusals {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		fmt.Printf("not supported, %d models: …%s\n", refusals[text], text)
	}
	if random > 0 {
		return randomGraphs(random)
	}
	return nil
}

// difference returns the greatest difference of a model's outputs from the
// specification.
func difference(c *onnxtest.Cell) (float64, error) {
	names := []string{"Y", "Y_h", "Y_c"}
	if c.Operator != "LSTM" {
		names = names[:2]
	}
	m := c.Model(names...)
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(m.Marshal(), inputNames(m), names, nil)
	if err != nil {
		return 0, err
	}
	defer session.Destroy()
	inputs, err := inputsOf(c)
	if err != nil {
		return 0, err
	}
	outputs := make([]ort.Value, len(names))
	if err := session.Run(inputs, outputs); err != nil {
		return 0, err
	}
	defer destroy(append(inputs, outputs...))
	want, worst := c.Reference(), 0.0
	compare := func(output, at int, w float64) {
		v := outputs[output].(*ort.Tensor[float32]).GetData()[at]
		d := math.Abs(float64(v)-w) / max(1, math.Abs(w))
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		worst = max(worst, d)
	}
	const batch, hidden, steps = onnxtest.Batch, onnxtest.Hidden, onnxtest.Steps
	directions := c.Directions()
	for d := range directions {
		for n := range batch {
			for u := range hidden {
				state := (d*batch+n)*hidden + u
				if c.Layout == 1 {
					state = (n*directions+d)*hidden + u
				}
				compare(1, state, want.YH[d][n][u])
				if len(names) == 3 {
					compare(2, state, want.YC[d][n][u])
				}
				for t := range steps {
					at := ((t*directions+d)*batch+n)*hidden + u
					if c.Layout == 1 {
						at = ((n*steps+t)*directions+d)*hidden + u
					}
					compare(0, at, want.Y[t][d][n][u])
				}
			}
		}
	}
	return worst, nil
}

func inputNames(m *onnxtest.Model) []string {
	var list []string
	for _, v := range m.Inputs {
		list = append(list, v.Name)
	}
	return list
}

func inputsOf(c *onnxtest.Cell) ([]ort.Value, error) {
	const batch, steps, size = onnxtest.Batch, onnxtest.Steps, onnxtest.Input
	x, shape := c.X(), ort.NewShape(steps, batch, size)
	if c.Layout == 1 {
		turned := make([]float32, len(x))
		for t := range steps {
			for n := range batch {
				copy(turned[(n*steps+t)*size:][:size], x[(t*batch+n)*size:])
			}
		}
		x, shape = turned, ort.NewShape(batch, steps, size)
	}
	t, err := ort.NewTensor(shape, x)
	if err != nil {
		return nil, err
	}
	list := []ort.Value{t}
	if c.Lengths {
		var lengths []int32
		for _, n := range onnxtest.SequenceLengths() {
			lengths = append(lengths, int32(n))
		}
		t, err := ort.NewTensor(ort.NewShape(batch), lengths)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func destroy(values []ort.Value) {
	for _, v := range values {
		if v != nil {
			_ = v.Destroy()
		}
	}
}
