package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A kernelCount is what a call of a kernel executes.
type kernelCount struct {
	name         string
	instructions int
	elements     int
}

// counter compiles the plugin of qemu.
func counter(dir string) (plugin string, err error) {
	plugin = filepath.Join(dir, "count.so")
	_, err = output(exec.Command("gcc", "-Wall", "-O2", "-shared", "-fPIC", "-o", plugin, "plugin/count.c"))
	return plugin, err
}

// count runs each case of the driver under qemu, and counts the instructions
// executed in the package neon.
func count(dir, plugin, driver string) ([]kernelCount, error) {
	list, err := output(exec.Command("qemu-aarch64", "-cpu", "cortex-a53", driver))
	if err != nil {
		return nil, err
	}
	var counts []kernelCount
	for line := range strings.Lines(list) {
		name, elements, _ := strings.Cut(strings.TrimSpace(line), "\t")
		c := kernelCount{name: name}
		if c.elements, err = strconv.Atoi(elements); err != nil {
			return nil, err
		}
		cpu := "cortex-a53"
		if strings.HasSuffix(name, "SDOT") {
			cpu = "cortex-a76"
		}
		log := filepath.Join(dir, "count.txt")
		_, err := output(exec.Command("qemu-aarch64", "-cpu", cpu,
			"-plugin", plugin+",prefix="+neon, "-d", "plugin", "-D", log, driver, name))
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(log)
		if err != nil {
			return nil, err
		}
		if c.instructions, err = sum(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		counts = append(counts, c)
	}
	return counts, nil
}

// sum adds the first numbers of lines.
func sum(text string) (int, error) {
	total := 0
	for line := range strings.Lines(text) {
		first, _, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(first)
		if err != nil {
			return 0, err
		}
		total += n
	}
	if total == 0 {
		return 0, errors.New("no instruction was counted")
	}
	return total, nil
}

var countLine = regexp.MustCompile(`(?m)^\| ([^|]+?) +\| +(\d+) \| +[\d.]+ \|$`)

// checkCounts fails if a kernel executes over 5 % more than COST.md has.
func checkCounts(kept string, counts []kernelCount) error {
	before := map[string]int{}
	for _, m := range countLine.FindAllStringSubmatch(kept, -1) {
		before[m[1]], _ = strconv.Atoi(m[2])
	}
	var errs []error
	for _, c := range counts {
		n, ok := before[c.name]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s: not in COST.md; run \"go run .\" in bench/cost", c.name))
		case 100*c.instructions > 105*n:
			errs = append(errs, fmt.Errorf("%s: %d instructions, but COST.md has %d; if that is meant, run \"go run .\" in bench/cost",
				c.name, c.instructions, n))
		}
	}
	return errors.Join(errs...)
}
