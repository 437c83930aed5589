// Command onnxcells compares random recurrent cells, written with the operators of ONNX
// that exporters write them with, in this module and in ONNX Runtime.
//
//	cd bench && go run . -h   # says how the library of ONNX Runtime is fetched
//	go run ./onnxcells -cells 1000
//
// A cell has one product for all gates, or one for each, of the step and the state beside
// one another or apart, peepholes and a projection; it is in a Loop or a Scan, written out
// for each step, or of one step. Some have one operand changed, so that they are no such
// cell: what format/onnx reads must compute the same, and the rest is refused. The command
// exits with 1 if outputs differ.
package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/bench/fetched"
)

func main() {
	library := flag.String("library", fetched.ONNXRuntime(), "the shared library of ONNX Runtime")
	cells := flag.Int("cells", 400, "the number of random cells")
	first := flag.Uint64("first", 0, "the seed of the first one")
	verbose := flag.Bool("v", false, "name every model that is refused")
	flag.Parse()
	if err := run(*library, *first, *cells, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "onnxcells:", err)
		os.Exit(1)
	}
}

// A tally is what became of models of one kind.
type tally struct{ same, refused, wrong int }

func run(library string, first uint64, cells int, verbose bool) error {
	if library == "" {
		return fmt.Errorf("no library of ONNX Runtime: run the benchmark once, which fetches it, or give -library")
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		return err
	}
	defer ort.DestroyEnvironment()
	fmt.Printf("ONNX Runtime %s\n", ort.GetVersion())
	tallies, wrong := map[string]*tally{}, 0
	for seed := first; seed < first+uint64(cells); seed++ {
		c := newCell(rand.New(rand.NewPCG(seed, 5)))
		m := c.model()
		t := tallies[c.kind()]
		if t == nil {
			t = &tally{}
			tallies[c.kind()] = t
		}
		switch refusal, err := c.compare(m); {
		case err != nil:
			t.wrong++
			wrong++
			fmt.Printf("cell %d (%s): %v\n", seed, c.kind(), err)
		case refusal != nil:
			t.refused++
			if verbose {
				fmt.Printf("cell %d (%s) is refused: %.300v\n", seed, c.kind(), refusal)
			}
		default:
			t.same++
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(tallies)) {
		t := tallies[kind]
		fmt.Printf("%-40s %d the same, %d refused, %d wrong\n", kind, t.same, t.refused, t.wrong)
	}
	if wrong > 0 {
		return fmt.Errorf("%d cells have other outputs", wrong)
	}
	return nil
}
