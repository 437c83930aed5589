package main

import (
	"errors"
	"fmt"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// A machine is an architecture, the models of its cores that llvm-mca has, and the
// inner loops of each function in the order of its code.
type machine struct {
	triple string
	cores  []string
	loops  map[string][]kernelLoop
}

// arm64 has the model neoverse-n1 for the Cortex-A76 too: they are the same core but
// for their caches.
var arm64 = machine{"aarch64", []string{"neoverse-n1", "cortex-a72", "cortex-a55"}, kernelLoops}

// withoutSDOT is the core whose model knows no SDOT.
const withoutSDOT = "cortex-a72"

// A limit is the most cycles for 16 weights on each of a machine's cores; 0: none.
type limit []float64

// The limits of the streaming products of wide layers. The cores that have SDOT
// are those of the first and the last model.
var (
	unlimited limit
	floats    = limit{2.2, 4.3, 6.9}
	smull     = limit{0, 2.1, 5.6}
	sdot      = limit{0.6, 0, 0}
)

// A kernelLoop is an inner loop: what it is for, and how many weights, products
// or elements an iteration takes.
type kernelLoop struct {
	name  string
	count int
	limit limit
}

// columns are the loops over the columns of tiles that have so many rows
// together.
func columns(name string, rows int, l limit) []kernelLoop {
	return []kernelLoop{{name + ", 4 columns", 4 * rows, l}, {name + ", 1 column", rows, unlimited}}
}

// linearLoops are those of a product with a vector. A matrix with less than 32
// rows has too few chains.
func linearLoops(l limit) (loops []kernelLoop) {
	for _, rows := range []int{8, 16, 24} {
		loops = append(loops, columns(fmt.Sprintf("%d rows", rows), rows, unlimited)...)
	}
	for _, rows := range []int{40, 48, 56, 32} {
		loops = append(loops, columns(fmt.Sprintf("%d rows", rows), rows, l)...)
	}
	return loops
}

// gruLoops are those of a GRU, for x and h of a group of tiles.
func gruLoops(l limit) (loops []kernelLoop) {
	for i, group := range []string{"one tile", "two tiles", "three tiles"} {
		l := l
		if i == 0 {
			l = unlimited
		}
		for _, vector := range []string{"x", "h"} {
			loops = append(loops, columns(group+", "+vector, 24*(i+1), l)...)
		}
	}
	return loops
}

// kernelLoops are the inner loops of each function in the order of its code. The
// limits are for the streaming products of wide layers.
var kernelLoops = map[string][]kernelLoop{
	"linear":       linearLoops(floats),
	"lstmStep":     columns("32 rows", 32, floats),
	"gruStep":      gruLoops(floats),
	"linearHalf":   linearLoops(unlimited),
	"lstmStepHalf": columns("32 rows", 32, unlimited),
	"gruStepHalf":  gruLoops(unlimited),

	"panel32":       {{"3 vectors", 96, unlimited}, {"1 vector", 32, unlimited}},
	"panel24":       {{"4 vectors", 96, unlimited}, {"1 vector", 24, unlimited}},
	"panel16":       {{"6 vectors", 96, unlimited}, {"1 vector", 16, unlimited}},
	"panel8":        {{"8 vectors", 64, unlimited}, {"1 vector", 8, unlimited}},
	"LSTM":          {{"8 units", 8, unlimited}},
	"GRU":           {{"8 units", 8, unlimited}},
	"widen":         {{"8 numbers", 8, unlimited}},
	"quantize":      {{"8 numbers", 8, unlimited}},
	"linearInt8x32": {{"8 columns", 256, smull}},
	"linearInt8x24": {{"8 columns", 192, smull}},
	"linearInt8x16": {{"8 columns", 128, unlimited}},
	"linearInt8x8":  {{"8 columns", 64, unlimited}},
	"dotInt8x32":    {{"16 columns", 512, sdot}, {"4 columns", 128, unlimited}},
	"dotInt8x24":    {{"16 columns", 384, sdot}, {"4 columns", 96, unlimited}},
	"dotInt8x16":    {{"16 columns", 256, unlimited}, {"4 columns", 64, unlimited}},
	"dotInt8x8":     {{"16 columns", 128, unlimited}, {"4 columns", 32, unlimited}},
	"Tanh":          {{"by 16", 16, unlimited}, {"by 4", 4, unlimited}},
	"Sigmoid":       {{"by 16", 16, unlimited}, {"by 4", 4, unlimited}},
	"Exp":           {{"by 16", 16, unlimited}, {"by 4", 4, unlimited}},
	"ReLU":          {{"by 16", 16, unlimited}, {"by 4", 4, unlimited}},
	"Softmax":       {{"greatest", 4, unlimited}, {"exp, by 16", 16, unlimited}, {"exp, by 4", 4, unlimited}, {"division", 4, unlimited}},
	"Mul":           {{"by 4", 4, unlimited}},
	"MulAdd":        {{"by 4", 4, unlimited}},
	"Blend":         {{"by 4", 4, unlimited}},
}

// on reports whether there is a limit on a core.
func (l limit) on(core int) bool { return l != nil && l[core] > 0 }

// misses reports whether that many cycles on a core are too many.
func (l limit) misses(core int, cycles float64) bool { return l.on(core) && cycles > l[core] }

// A loopCost is what 16 weights, products or elements cost in a loop.
type loopCost struct {
	function, name string
	instructions   float64
	cycles         []float64 // on each of the machine's cores
	limit          limit
}

// costOfLoops asks llvm-mca for every inner loop.
func (m machine) costOfLoops(functions []function) ([]loopCost, error) {
	var costs []loopCost
	for _, f := range functions {
		loops, known := f.innerLoops(), m.loops[f.name]
		if len(loops) != len(known) {
			return nil, fmt.Errorf("%s has %d inner loops, and %d are named", f.name, len(loops), len(known))
		}
		for i, l := range loops {
			k := known[i]
			per16 := 16 / float64(k.count)
			cost := loopCost{f.name, k.name, float64(len(l)) * per16, nil, k.limit}
			for _, core := range m.cores {
				c, err := math.NaN(), error(nil)
				if core != withoutSDOT || !strings.HasPrefix(f.name, "dotInt8") {
					c, err = m.cycles(l, core)
				}
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
func (m machine) cycles(loop []instruction, core string) (float64, error) {
	const iterations = 1000
	var code strings.Builder
	for _, in := range loop {
		if c := conditional.FindStringSubmatch(in.text); c != nil {
			fmt.Fprintf(&code, "%s .\n", c[1]) // where to does not matter
		} else {
			fmt.Fprintln(&code, in.text)
		}
	}
	cmd := exec.Command("llvm-mca-19", "-mtriple="+m.triple, "-mcpu="+core, "-iterations="+strconv.Itoa(iterations))
	cmd.Stdin = strings.NewReader(code.String())
	out, err := output(cmd)
	if err != nil {
		return 0, err
	}
	cycles := totalCycles.FindStringSubmatch(out)
	if cycles == nil {
		return 0, errors.New("llvm-mca says no total of cycles")
	}
	total, err := strconv.Atoi(cycles[1])
	return float64(total) / iterations, err
}

// checkLimits fails if a streaming product is slower than its limit.
func (m machine) checkLimits(loops []loopCost) error {
	var errs []error
	for _, l := range loops {
		for i, core := range m.cores {
			if l.limit.misses(i, l.cycles[i]) {
				errs = append(errs, fmt.Errorf("%s, %s: %.2f cycles for 16 weights on %s; the limit is %.1f",
					l.function, l.name, l.cycles[i], core, l.limit[i]))
			}
		}
	}
	return errors.Join(errs...)
}
