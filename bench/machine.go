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
	// The system's load over the last minute: other programs make a
	// measurement worse.
	LoadBefore string `json:"load_before"`
	LoadAfter  string `json:"load_after"`
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
	m.LoadBefore = load()
	return m, nil
}

// load returns the system's load over the last minute.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(b), " ")
	return first
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
