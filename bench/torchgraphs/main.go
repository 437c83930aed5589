// Command torchgraphs compares rnnrun with ONNX Runtime on random networks of the
// kinds that deployed models are, as torch.onnx.export writes them (networks.py):
// what is read must compute the same, and the rest be refused.
//
//	cd bench && go run . -h   # says how the library of ONNX Runtime is fetched
//	go run ./torchgraphs -count 400
//
// It needs Python 3 with PyTorch, and prints a table: of each kind how many networks
// are right, of these how many have states that are fed by hand, refused and wrong. -v prints every network that is not right.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/bench/fetched"
)

func main() {
	library := flag.String("library", fetched.ONNXRuntime(), "the shared library of ONNX Runtime")
	folder := flag.String("folder", "", "the folder of networks that are there; empty: they are made")
	python := flag.String("python", "/usr/bin/python3", "the Python that has PyTorch")
	first := flag.Int("first", 0, "the first seed")
	count := flag.Int("count", 400, "the number of networks to make")
	verbose := flag.Bool("v", false, "print every network that is not right")
	flag.Parse()
	if err := run(*library, *folder, *python, *first, *count, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "torchgraphs:", err)
		os.Exit(1)
	}
}

// A tally is what became of the networks of a kind. Of those that are right some keep
// a state as an input and an output: it is fed by hand.
type tally struct{ right, fed, refused, wrong int }

func run(library, folder, python string, first, count int, verbose bool) error {
	if library == "" {
		return fmt.Errorf("no library of ONNX Runtime: run the benchmark once, which fetches it, or give -library")
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		return err
	}
	defer ort.DestroyEnvironment()
	if folder == "" {
		dir, err := os.MkdirTemp("", "torchgraphs")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c := exec.Command(python, "torchgraphs/networks.py", dir, strconv.Itoa(first), strconv.Itoa(count))
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Run(); err != nil {
			return fmt.Errorf("networks.py: %w", err)
		}
		folder = dir
	}
	list, err := examples(folder)
	if err != nil {
		return err
	}
	tallies := map[string]*tally{}
	var total tally
	for _, e := range list {
		t := tallies[e.Kind]
		if t == nil {
			t = &tally{}
			tallies[e.Kind] = t
		}
		refusal, err := e.compare()
		switch {
		case err != nil:
			t.wrong++
			total.wrong++
			fmt.Printf("WRONG %v: %v\n", e, err)
		case refusal != nil:
			t.refused++
			total.refused++
			if verbose {
				fmt.Printf("refused %v: %v\n", e, refusal)
			}
		default:
			t.right++
			total.right++
			if e.fed {
				t.fed++
				total.fed++
			}
		}
	}
	fmt.Printf("%-28s %6s %7s %8s %6s\n", "kind", "right", "by hand", "refused", "wrong")
	for _, kind := range slices.Sorted(maps.Keys(tallies)) {
		t := tallies[kind]
		fmt.Printf("%-28s %6d %7d %8d %6d\n", kind, t.right, t.fed, t.refused, t.wrong)
	}
	fmt.Printf("%-28s %6d %7d %8d %6d\n", "together", total.right, total.fed, total.refused, total.wrong)
	return nil
}

// examples returns the networks in a folder in the order of their seeds.
func examples(folder string) ([]*example, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	var list []*example
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		e := &example{}
		if err := json.Unmarshal(text, e); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if e.data, err = os.ReadFile(name[:len(name)-len("json")] + "onnx"); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *example) int { return cmp.Compare(a.Seed, b.Seed) })
	return list, nil
}
