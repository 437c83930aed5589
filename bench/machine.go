package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/internal/benchmark"
	"github.com/rnnrun/rnnrun/kernels"
)

// A Machine describes where the figures were measured.
type Machine struct {
	CPU       string   `json:"cpu"`
	Cores     int      `json:"cores"`
	GHz       float64  `json:"clock_ghz"`
	Caches    []string `json:"caches"`
	Features  []string `json:"features"`
	Kernels   string   `json:"kernels"` // rnnrun's
	Sets      []string `json:"available_kernels"`
	System    string   `json:"system"`
	Go        string   `json:"go"`
	HugePages string   `json:"huge_pages"` // when the system gives them
	// What else the machine did before and after: other programs make a
	// measurement worse.
	Before State `json:"before"`
	After  State `json:"after"`
}

// A State is what else the machine does.
type State struct {
	Load string `json:"load"` // of the system over the last minute
	// Taken is the share of the time that interruptions took from a loop which
	// uses no memory.
	Taken float64 `json:"taken"`
}

func thisMachine() (Machine, error) {
	set, err := kernels.Default()
	if err != nil {
		return Machine{}, err
	}
	state, ghz := state()
	m := Machine{
		CPU:       processor(),
		Cores:     runtime.NumCPU(),
		GHz:       ghz,
		Features:  kernels.CPU().Features,
		Kernels:   set.Name(),
		System:    runtime.GOOS + "/" + runtime.GOARCH,
		Go:        runtime.Version(),
		HugePages: hugePages(),
		Before:    state,
	}
	for _, s := range kernels.Available() {
		m.Sets = append(m.Sets, s.Name())
	}
	for _, c := range benchmark.Caches() {
		if c.Type != "Instruction" {
			m.Caches = append(m.Caches, fmt.Sprintf("L%d %d KiB", c.Level, c.Bytes>>10))
		}
	}
	return m, nil
}

// finish notes what the machine does in the end.
func (m *Machine) finish() { m.After, _ = state() }

// state returns what else the machine does, and its clock in GHz.
func state() (State, float64) {
	clock := benchmark.NewClock(nil)
	benchmark.Run(500*time.Millisecond, clock)
	return State{load(), benchmark.FindInterruptions(clock).Share}, benchmark.GHz(clock)
}

func (s State) String() string {
	return fmt.Sprintf("load %s, %.1f %% of the time taken from a loop", s.Load, 100*s.Taken)
}

// hugePages returns when the system gives huge pages: always, to who asks
// (madvise) or never.
func hugePages() string {
	b, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	_, rest, _ := strings.Cut(string(b), "[")
	when, _, ok := strings.Cut(rest, "]")
	if !ok {
		return "unknown"
	}
	return when
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
	if shown := facts["model name"]; shown != "" { // as lscpu shows it: that of the CPU may be a hypervisor's
		name = shown
	}
	if facts["cpu family"] == "" {
		return name
	}
	return fmt.Sprintf("%s, family %s, model %s", name, facts["cpu family"], facts["model"])
}
