// Command onnxgraphs compares random models in this module and in ONNX Runtime, to
// which package format/onnx/export gives them: stacks of all layers, and graphs of
// every op beside every other.
//
//	cd bench && go run . -h   # says how the library of ONNX Runtime is fetched
//	go run ./onnxgraphs            # random models
//	go run ./onnxgraphs FILE.rnn…  # these models, on random inputs
//
// Each model reads two sequences at once; one that can be streamed also reads them in
// parts. What format/onnx makes of the file again must compute the same. The command
// exits with 1 if a model's outputs differ.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/bench/fetched"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

func main() {
	library := flag.String("library", fetched.ONNXRuntime(), "the shared library of ONNX Runtime")
	graphs := flag.Int("graphs", 0, "the number of random graphs (default: those that the tests run)")
	stacks := flag.Int("stacks", 300, "the number of random stacks")
	verbose := flag.Bool("v", false, "name every model that is not read again")
	flag.Parse()
	kinds := []kind{
		{"graphs", graphSeeds(*graphs), func(seed uint64) *format.Model { return modeltest.SeededGraph(seed, format.DTypeF32, format.DTypeF16) }},
		{"convolutions", upTo(200), func(seed uint64) *format.Model { return modeltest.RandomConvolutions(rand.New(rand.NewPCG(seed, 13))) }},
		{"stacks", upTo(*stacks), func(seed uint64) *format.Model { return randomStack(rand.New(rand.NewPCG(seed, 13))) }},
	}
	if flag.NArg() > 0 {
		kinds = []kind{{"files", upTo(flag.NArg()), func(seed uint64) *format.Model { return read(flag.Arg(int(seed))) }}}
	}
	if err := run(*library, kinds, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "onnxgraphs:", err)
		os.Exit(1)
	}
}

// A kind of models, by their seeds.
type kind struct {
	name  string
	seeds []uint64
	make  func(seed uint64) *format.Model
}

func run(library string, kinds []kind, verbose bool) error {
	if library == "" {
		return fmt.Errorf("no library of ONNX Runtime: run the benchmark once, which fetches it, or give -library")
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		return err
	}
	defer ort.DestroyEnvironment()
	fmt.Printf("ONNX Runtime %s\n", ort.GetVersion())
	wrong := 0
	for _, kind := range kinds {
		var t tally
		for _, seed := range kind.seeds {
			t.title = fmt.Sprintf("%s %d", kind.name, seed)
			t.try(kind.make(seed), rand.New(rand.NewPCG(seed, 1)), 1+int(seed%9))
		}
		t.print(kind.name, verbose)
		wrong += t.wrong
	}
	if wrong > 0 {
		return fmt.Errorf("%d models have other outputs", wrong)
	}
	return nil
}

// graphSeeds returns the seeds of so many graphs; of 0 those that the tests run.
func graphSeeds(n int) []uint64 {
	if n == 0 {
		return modeltest.GraphSeeds()
	}
	return upTo(n)
}

func upTo(n int) (seeds []uint64) {
	for seed := range uint64(n) {
		seeds = append(seeds, seed)
	}
	return seeds
}

// read reads a model's file.
func read(path string) *format.Model {
	f, err := format.Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "onnxgraphs:", err)
		os.Exit(1)
	}
	return f.Model
}
