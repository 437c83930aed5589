package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A set32 is a kernel set for 32-bit ARM, and a CPU that runs it.
type set32 struct{ name, cpu string }

// sets32 begins with what the others are compared with.
var sets32 = []set32{{"generic", "cortex-a7"}, {"vfpv4", "cortex-a7"}, {"vfp", "arm1176"}}

// A stepCount is what a step executes on each of sets32.
type stepCount struct {
	name         string
	instructions []int
}

// countedSteps is how many steps are counted: they are not all alike.
const countedSteps = 4

// countSteps counts the instructions that steps execute in the kernels, and in the
// Go code of their packages. It returns the functions in assembly, too.
func countSteps(dir, plugin string) ([]stepCount, []function, error) {
	driver := filepath.Join(dir, "stepdriver")
	if err := build(driver, "./stepdriver", "GOARCH=arm", "GOARM=6"); err != nil {
		return nil, nil, err
	}
	functions, err := disassemble(driver, assembly32)
	if err != nil {
		return nil, nil, err
	}
	list, err := output(exec.Command("qemu-arm", driver))
	if err != nil {
		return nil, nil, err
	}
	var counts []stepCount
	for name := range strings.Lines(list) {
		c := stepCount{name: strings.TrimSpace(name)}
		for _, s := range sets32 {
			first, err := executed(dir, plugin, driver, c.name, s, 1)
			if err != nil {
				return nil, nil, err
			}
			all, err := executed(dir, plugin, driver, c.name, s, 1+countedSteps)
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
func executed(dir, plugin, driver, name string, s set32, steps int) (int, error) {
	log := filepath.Join(dir, "steps.txt")
	_, err := output(exec.Command("qemu-arm", "-cpu", s.cpu, "-plugin", plugin+",prefix="+kernelPackages, "-d", "plugin", "-D", log,
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

// leastGain is what vfpv4 must gain.
func leastGain(name string) float64 {
	if strings.HasSuffix(name, "int8") {
		return 20
	}
	return 8
}

// checkSteps fails where vfpv4 gains too little.
func checkSteps(counts []stepCount) error {
	var errs []error
	for _, c := range counts {
		if g := c.gain(1); g < leastGain(c.name) {
			errs = append(errs, fmt.Errorf("%s: a step of vfpv4 has 1/%.1f of generic's instructions; the limit is 1/%.0f", c.name, g, leastGain(c.name)))
		}
	}
	return errors.Join(errs...)
}
