// Command wasm compares rnnrun in WebAssembly with onnxruntime-web, on one thread:
//
//	cd bench && go run ./wasm
//	cd bench && go run ./wasm -browser chromium
//
// It needs node, or a browser of Chromium's kind; onnxruntime-web is fetched by npm once.
// A step of rnnrun is called by Go, and one of ONNX Runtime by JavaScript, as the users
// of each do.
package main

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rnnrun/rnnrun/bench/fetched"
	"github.com/rnnrun/rnnrun/bench/onnx"
	"github.com/rnnrun/rnnrun/bench/wasm/cases"
)

const version = "1.30.0" // of onnxruntime-web

var (
	//go:embed bench.js
	benchJS []byte
	//go:embed node.mjs
	nodeJS []byte
	//go:embed page.html
	page []byte
)

// A plan is what bench.js is to do.
type plan struct {
	Cases        []planCase `json:"cases"`
	Rounds       int        `json:"rounds"`
	Milliseconds int        `json:"milliseconds"` // of a round, at least
}

type planCase struct {
	Name   string    `json:"name"`
	Input  int       `json:"input"`
	Hidden int       `json:"hidden"`
	Layers int       `json:"layers"`
	Steps  int       `json:"steps"`
	Inputs []float32 `json:"inputs"`
}

// A result is what it found of a case.
type result struct {
	Name  string `json:"name"`
	Peers []struct {
		Name       string  `json:"name"`
		Difference float64 `json:"difference"` // of outputs, the greatest
		Median     float64 `json:"median"`     // microseconds of a call
		Fastest    float64 `json:"fastest"`
	} `json:"peers"`
}

func main() {
	browser := flag.String("browser", "", "a browser of Chromium's kind to measure in, and not node")
	rounds := flag.Int("rounds", 15, "the number of rounds; the median of them counts")
	milliseconds := flag.Int("milliseconds", 20, "the least time of a round")
	flag.Parse()
	if err := run(*browser, *rounds, *milliseconds); err != nil {
		fmt.Fprintln(os.Stderr, "wasm:", err)
		os.Exit(1)
	}
}

func run(browser string, rounds, milliseconds int) error {
	folder, err := os.MkdirTemp("", "wasm")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := prepare(folder, plan{Rounds: rounds, Milliseconds: milliseconds}); err != nil {
		return err
	}
	var report []byte
	if browser == "" {
		c := exec.Command("node", append(nodeFlags(), filepath.Join(folder, "node.mjs"), folder)...)
		c.Stderr = os.Stderr
		report, err = c.Output()
	} else {
		report, err = inBrowser(browser, folder)
	}
	if err != nil {
		return err
	}
	var results []result
	if err := json.Unmarshal(report, &results); err != nil {
		return fmt.Errorf("%w: %.2000s", err, report)
	}
	show(results)
	return nil
}

// nodeFlags are those that node needs for relaxed SIMD, before version 22.
func nodeFlags() []string {
	const flag = "--experimental-wasm-relaxed-simd"
	if exec.Command("node", flag, "--version").Run() == nil {
		return []string{flag}
	}
	return nil
}

// prepare puts all files into a folder.
func prepare(folder string, p plan) error {
	for i, c := range cases.All() {
		p.Cases = append(p.Cases, planCase{c.Name, c.Spec.Input, c.Spec.Hidden, c.Spec.Layers, c.Steps, c.Spec.Inputs(cases.Steps, 1)})
		network := onnx.Network(c.Spec, c.Steps, 1)
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("case%d.onnx", i)), network.Marshal(), 0o666); err != nil {
			return err
		}
	}
	encoded, err := json.Marshal(p)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"plan.json": encoded, "bench.js": benchJS, "node.mjs": nodeJS, "index.html": page, "package.json": []byte(`{"type":"module"}`)} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o666); err != nil {
			return err
		}
	}
	root, err := output("go", "env", "GOROOT")
	if err != nil {
		return err
	}
	kernels, err := output("go", "list", "-f", "{{.Dir}}", "github.com/rnnrun/rnnrun/kernels/wasm")
	if err != nil {
		return err
	}
	ort, err := fetched.NPM("onnxruntime-web", "onnxruntime-web", version, "onnxruntime-web/dist")
	if err != nil {
		return err
	}
	for name, target := range map[string]string{
		"wasm_exec.js": filepath.Join(root, "lib/wasm/wasm_exec.js"),
		"kernels.js":   filepath.Join(kernels, "kernels.js"),
		"modules.js":   filepath.Join(kernels, "modules.js"),
	} {
		content, err := os.ReadFile(target)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o666); err != nil {
			return err
		}
	}
	if err := os.Symlink(ort, filepath.Join(folder, "ort")); err != nil {
		return err
	}
	c := exec.Command("go", "build", "-tags", "wasmsimd", "-o", filepath.Join(folder, "program.wasm"), "github.com/rnnrun/rnnrun/bench/wasm/program")
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	c.Stderr = os.Stderr
	return c.Run()
}

func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	return strings.TrimSpace(string(out)), err
}

// show prints times, and how many times as long each peer takes as the first: the median
// of the rounds, and the fastest, which tells more if others keep the machine busy.
func show(results []result) {
	for _, r := range results {
		fmt.Println(r.Name)
		for _, p := range r.Peers {
			first := r.Peers[0]
			fmt.Printf("  %-16s  median %10.1f µs %6.2f×  fastest %10.1f µs %6.2f×  outputs within %.2g\n",
				p.Name, p.Median, p.Median/first.Median, p.Fastest, p.Fastest/first.Fastest, p.Difference)
		}
	}
}
