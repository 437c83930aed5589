package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"rnnrun/internal/benchmark"
	"rnnrun/kernels"
)

// A Machine says where the figures are from.
type Machine struct {
	CPU      string   `json:"cpu"`
	Cores    int      `json:"cores"`
	GHz      float64  `json:"clock_ghz"`
	Caches   []string `json:"caches"`
	Features []string `json:"features"`
	Kernels  string   `json:"kernels"` // rnnrun's
	Sets     []string `json:"available_kernels"`
	System   string   `json:"system"`
	Go       string   `json:"go"`
	Load     string   `json:"load"` // of the last minute, at the start
}

func thisMachine() (Machine, error) {
	set, err := kernels.Default()
	if err != nil {
		return Machine{}, err
	}
	clock := benchmark.NewClock(nil)
	benchmark.Run(100*time.Millisecond, clock)
	m := Machine{
		CPU:      processor(),
		Cores:    runtime.NumCPU(),
		GHz:      benchmark.GHz(clock),
		Features: kernels.CPU().Features,
		Kernels:  set.Name(),
		System:   runtime.GOOS + "/" + runtime.GOARCH,
		Go:       runtime.Version(),
	}
	for _, s := range kernels.Available() {
		m.Sets = append(m.Sets, s.Name())
	}
	for _, c := range benchmark.Caches() {
		if c.Type != "Instruction" {
			m.Caches = append(m.Caches, fmt.Sprintf("L%d %d KiB", c.Level, c.Bytes>>10))
		}
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _, _ = strings.Cut(string(load), " ")
	}
	return m, nil
}

// processor returns the CPU's name with its family and model, as a virtual
// machine may hide them in the name.
func processor() string {
	name := kernels.CPU().Name
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return name
	}
	defer f.Close()
	facts := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan() && s.Text() != ""; {
		key, value, _ := strings.Cut(s.Text(), ":")
		facts[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	if facts["cpu family"] == "" {
		return name
	}
	return fmt.Sprintf("%s, family %s, model %s", name, facts["cpu family"], facts["model"])
}
