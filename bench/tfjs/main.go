// Command tfjs compares random layers models of TensorFlow.js with what format/keras
// makes of them:
//
//	cd bench && go run ./tfjs -count 300
//
// The package @tensorflow/tfjs, which is pure JavaScript, is fetched by npm once. The
// models are Sequential and functional ones, some of a fixed length, and some with
// quantized weights. What is read must be the same within 1e-5, of outputs above 1 as
// a part of them; the rest is refused, and the reasons are counted.
package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/bench/fetched"
	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/runtime"
)

const (
	version   = "4.22.0" // of @tensorflow/tfjs
	tolerance = 1e-5
)

//go:embed models.js
var script []byte

func main() {
	count := flag.Int("count", 300, "the number of models")
	seed := flag.Int("seed", 1, "where their random numbers start")
	modules := flag.String("modules", "", "a folder node_modules with @tensorflow/tfjs, in the place of the one that is fetched")
	flag.Parse()
	if err := run(*count, *seed, *modules); err != nil {
		fmt.Fprintln(os.Stderr, "tfjs:", err)
		os.Exit(1)
	}
}

func run(count, seed int, modules string) error {
	if modules == "" {
		var err error
		if modules, err = fetched.NPM("tfjs", "@tensorflow/tfjs", version, ""); err != nil {
			return err
		}
	}
	folder, err := os.MkdirTemp("", "tfjs")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, "models.js")
	if err := os.WriteFile(program, script, 0o666); err != nil {
		return err
	}
	c := exec.Command("node", program, modules, folder, fmt.Sprint(count), fmt.Sprint(seed))
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("node: %w", err)
	}
	worst, same, other := 0.0, 0, 0
	refused := map[string]int{}
	for i := range count {
		difference, err := compare(filepath.Join(folder, fmt.Sprint(i)))
		var reason *network.ImportError
		switch {
		case errors.As(err, &reason):
			refused[reason.Reason]++
		case err != nil:
			return fmt.Errorf("model %d: %w", i, err)
		case difference > tolerance:
			other++
			fmt.Printf("model %d of seed %d differs by %.3g\n", i, seed, difference)
		default:
			same++
			worst = max(worst, difference)
		}
	}
	fmt.Printf("%d models: %d the same, within %.3g; %d differ\n", count, same, worst, other)
	var reasons []string
	for reason, n := range refused {
		reasons = append(reasons, fmt.Sprintf("%4d refused: %s", n, reason))
	}
	slices.Sort(reasons)
	fmt.Println(strings.Join(reasons, "\n"))
	if other > 0 {
		return fmt.Errorf("%d models differ", other)
	}
	return nil
}

// compare returns the greatest difference of a model's outputs.
func compare(folder string) (float64, error) {
	data, err := os.ReadFile(filepath.Join(folder, "model.json"))
	if err != nil {
		return 0, err
	}
	n, err := keras.ReadTFJS(data, os.DirFS(folder), keras.Options{})
	if err != nil {
		return 0, err
	}
	d, err := n.Model()
	if err != nil {
		return 0, err
	}
	m, err := runtime.New(d)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	if data, err = os.ReadFile(filepath.Join(folder, "check.json")); err != nil {
		return 0, err
	}
	var check struct {
		Shape  []int
		Tokens bool
		X, Y   []float32
	}
	if err := json.Unmarshal(data, &check); err != nil {
		return 0, err
	}
	s := m.NewSession()
	worst := 0.0
	for i := range check.Shape[0] {
		x, y := part(check.X, i, check.Shape[0]), part(check.Y, i, check.Shape[0])
		s.Reset()
		var got []float32
		if check.Tokens {
			tokens := make([]int32, len(x))
			for k, v := range x {
				tokens[k] = int32(v)
			}
			got, err = s.RunTokens(tokens)
		} else {
			got, err = s.Run(x)
		}
		if err != nil {
			return 0, err
		}
		if len(got) != len(y) {
			return 0, fmt.Errorf("%d outputs, want %d", len(got), len(y))
		}
		for k, want := range y {
			e := math.Abs(float64(got[k])-float64(want)) / max(1, math.Abs(float64(want)))
			if math.IsNaN(e) {
				e = math.Inf(1)
			}
			worst = max(worst, e)
		}
	}
	return worst, nil
}

// part returns part i of n of v.
func part(v []float32, i, n int) []float32 {
	size := len(v) / n
	return v[i*size:][:size]
}
