package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A platform is what steps are counted on. Its sets begin with what the others are
// compared with.
type platform struct {
	name      string
	processor []string // variables of the environment of go build
	emulator  string
	assembly  disassembler
	sets      []kernelSet
}

// A kernelSet is the name of one and a CPU that runs it. Without a title it is called by
// its name. Its steps must have that many times fewer instructions than pure Go's, or,
// if the number is 0, any.
type kernelSet struct {
	name, cpu, title string
	floats, int8     float64
}

// A stepCount is what a step executes on each set of a platform.
type stepCount struct {
	name         string
	instructions []int
}

var arm32Steps = platform{
	"32-bit ARM", []string{"GOARCH=arm", "GOARM=6"}, "qemu-arm", assembly32,
	[]kernelSet{{name: "generic", cpu: "cortex-a7"}, {name: "vfpv4", cpu: "cortex-a7", floats: 8, int8: 20}, {name: "vfp", cpu: "arm1176"}},
}

// countedSteps is how many steps are counted: they are not all alike.
const countedSteps = 4

// countSteps counts the instructions that steps execute in the kernels, and in the
// Go code of their packages. It returns the functions in assembly, too.
func (p platform) countSteps(dir, plugin string) ([]stepCount, []function, error) {
	driver := filepath.Join(dir, "stepdriver-"+p.emulator)
	if err := build(driver, "./stepdriver", p.processor...); err != nil {
		return nil, nil, err
	}
	functions, err := disassemble(driver, p.assembly)
	if err != nil {
		return nil, nil, err
	}
	list, err := output(exec.Command(p.emulator, driver))
	if err != nil {
		return nil, nil, err
	}
	var counts []stepCount
	for name := range strings.Lines(list) {
		c := stepCount{name: strings.TrimSpace(name)}
		for _, s := range p.sets {
			first, err := p.executed(dir, plugin, driver, c.name, s, 1)
			if err != nil {
				return nil, nil, err
			}
			all, err := p.executed(dir, plugin, driver, c.name, s, 1+countedSteps)
			if err != nil {
				return nil, nil, err
			}
			c.instructions = append(c.instructions, (all-first)/countedSteps)
		}
		counts = append(counts, c)
	}
	return counts, functions, nil
}

// executed returns how many instructions a program executes that makes so many steps.
func (p platform) executed(dir, plugin, driver, name string, s kernelSet, steps int) (int, error) {
	log := filepath.Join(dir, "steps.txt")
	_, err := output(exec.Command(p.emulator, "-cpu", s.cpu, "-plugin", plugin+",prefix="+kernelPackages, "-d", "plugin", "-D", log,
		driver, name, s.name, strconv.Itoa(steps)))
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(log)
	if err != nil {
		return 0, err
	}
	return sum(string(text))
}

// gain returns how many times fewer instructions a set executes than the first.
func (c stepCount) gain(set int) float64 {
	return float64(c.instructions[0]) / float64(c.instructions[set])
}

// heading returns what a set is called.
func (s kernelSet) heading() string { return cmp.Or(s.title, s.name) }

// leastGain returns how many times fewer instructions a step must have.
func (s kernelSet) leastGain(step string) float64 {
	if strings.HasSuffix(step, "int8") {
		return s.int8
	}
	return s.floats
}

// checkSteps fails if a set gains too little.
func (p platform) checkSteps(counts []stepCount) error {
	var errs []error
	for _, c := range counts {
		for i, s := range p.sets {
			if g, least := c.gain(i), s.leastGain(c.name); g < least {
				errs = append(errs, fmt.Errorf("%s: a step of %s has 1/%.1f of generic's instructions; the limit is 1/%g", c.name, s.heading(), g, least))
			}
		}
	}
	return errors.Join(errs...)
}
