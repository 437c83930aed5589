package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// cores are the models of llvm-mca, and the limits in cycles for 16 weights.
// neoverse-n1 stands for the Cortex-A76 too: they are the same core but for
// their caches.
var cores = []struct {
	name  string
	limit float64
}{
	{"neoverse-n1", 2.2},
	{"cortex-a72", 4.3},
	{"cortex-a55", 6.9},
}

// kernelLoops are the inner loops of each function in the order of its
// code: what one is for, and how many weights, products or elements an iteration
// takes. The limits are for the streaming products of wide layers.
var kernelLoops = map[string][]struct {
	name    string
	count   int
	limited bool
}{
	"tiles32": {{"two tiles, 4 columns", 256, true}, {"two tiles, 1 column", 64, false},
		{"one tile, 4 columns", 128, false}, {"one tile, 1 column", 32, false}},
	"tiles24": {{"two tiles, 4 columns", 192, true}, {"two tiles, 1 column", 48, false},
		{"one tile, 4 columns", 96, false}, {"one tile, 1 column", 24, false}},
	"tiles16": {{"4 columns", 64, false}, {"1 column", 16, false}},
	"tiles8":  {{"4 columns", 32, false}, {"1 column", 8, false}},
	"panel32": {{"3 vectors", 96, false}, {"1 vector", 32, false}},
	"panel24": {{"4 vectors", 96, false}, {"1 vector", 24, false}},
	"panel16": {{"6 vectors", 96, false}, {"1 vector", 16, false}},
	"panel8":  {{"8 vectors", 64, false}, {"1 vector", 8, false}},
	"LSTM":    {{"gates and c", 8, false}, {"h", 16, false}},
	"GRU":     {{"gates r and z", 8, false}, {"n and h", 16, false}},
	"Tanh":    {{"by 16", 16, false}, {"by 4", 4, false}},
	"Sigmoid": {{"by 16", 16, false}, {"by 4", 4, false}},
	"Exp":     {{"by 16", 16, false}, {"by 4", 4, false}},
	"ReLU":    {{"by 16", 16, false}, {"by 4", 4, false}},
	"Softmax": {{"greatest", 4, false}, {"exp, by 16", 16, false}, {"exp, by 4", 4, false}, {"division", 4, false}},
	"Mul":     {{"by 4", 4, false}},
	"Blend":   {{"by 4", 4, false}},
}

// A loopCost is what 16 weights, products or elements cost in a loop.
type loopCost struct {
	function, name string
	instructions   float64
	cycles         []float64 // on each of cores
	limited        bool
}

// costOfLoops asks llvm-mca for every inner loop.
func costOfLoops(functions []function) ([]loopCost, error) {
	var costs []loopCost
	for _, f := range functions {
		loops, known := f.innerLoops(), kernelLoops[f.name]
		if len(loops) != len(known) {
			return nil, fmt.Errorf("%s has %d inner loops, and kernelLoops names %d", f.name, len(loops), len(known))
		}
		for i, l := range loops {
			k := known[i]
			per16 := 16 / float64(k.count)
			cost := loopCost{f.name, k.name, float64(len(l)) * per16, nil, k.limited}
			for _, core := range cores {
				c, err := cycles(l, core.name)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", f.name, k.name, err)
				}
				cost.cycles = append(cost.cycles, c*per16)
			}
			costs = append(costs, cost)
		}
	}
	return costs, nil
}

var totalCycles = regexp.MustCompile(`Total Cycles: +(\d+)`)

// cycles returns how long an iteration of a loop takes on a core.
func cycles(loop []instruction, core string) (float64, error) {
	const iterations = 1000
	var code strings.Builder
	for _, in := range loop {
		if m := conditional.FindStringSubmatch(in.text); m != nil {
			fmt.Fprintf(&code, "%s .\n", m[1]) // where to does not matter
		} else {
			fmt.Fprintln(&code, in.text)
		}
	}
	cmd := exec.Command("llvm-mca-19", "-mtriple=aarch64", "-mcpu="+core, "-iterations="+strconv.Itoa(iterations))
	cmd.Stdin = strings.NewReader(code.String())
	out, err := output(cmd)
	if err != nil {
		return 0, err
	}
	m := totalCycles.FindStringSubmatch(out)
	if m == nil {
		return 0, errors.New("llvm-mca says no total of cycles")
	}
	total, err := strconv.Atoi(m[1])
	return float64(total) / iterations, err
}

// checkLimits fails where a streaming product is slower than its limit.
func checkLimits(loops []loopCost) error {
	var errs []error
	for _, l := range loops {
		for i, core := range cores {
			if l.limited && l.cycles[i] > core.limit {
				errs = append(errs, fmt.Errorf("%s, %s: %.2f cycles for 16 weights on %s; the limit is %.1f",
					l.function, l.name, l.cycles[i], core.name, core.limit))
			}
		}
	}
	return errors.Join(errs...)
}
