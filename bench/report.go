package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// A Report is everything that was measured.
type Report struct {
	Date     string     `json:"date"`
	Command  string     `json:"command"`
	Machine  Machine    `json:"machine"`
	Peers    []string   `json:"peers"` // with their versions
	Missing  []string   `json:"missing"`
	Rounds   int        `json:"rounds"`
	Cases    []Result   `json:"cases,omitempty"`
	Products []Result   `json:"products,omitempty"`
	Training []Training `json:"training,omitempty"`
}

func newReport(rounds int) (*Report, error) {
	m, err := thisMachine()
	return &Report{
		Date:    time.Now().UTC().Format(time.DateOnly),
		Command: strings.Join(append([]string{"go run ."}, os.Args[1:]...), " "),
		Machine: m,
		Rounds:  rounds,
	}, err
}

func (r *Report) writeJSON(path string) error {
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o666)
}

func (r *Report) writeMarkdown(path string) error {
	text := r.markdown()
	if path == "-" {
		_, err := os.Stdout.WriteString(text)
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

func (r *Report) markdown() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	m := &r.Machine
	line("# Side by side\n")
	line("What `%s` in this folder wrote on %s.\n", r.Command, r.Date)
	line("- Machine: %s; %d cores at %.2f GHz; %s; load %s at the start and %s at the end; %s, %s", m.CPU, m.Cores, m.GHz,
		strings.Join(m.Caches, ", "), m.LoadBefore, m.LoadAfter, m.System, m.Go)
	line("- Kernels of rnnrun: %s (this CPU could run %s)", m.Kernels, strings.Join(m.Sets, ", "))
	for _, p := range r.Peers {
		line("- %s", p)
	}
	for _, p := range r.Missing {
		line("- Missing: %s", p)
	}
	line("- All on one thread, in turn, %d rounds: times are medians of the rounds, and × is the median of the ratios", r.Rounds)
	line("  to rnnrun's time in the same round: more than 1 is slower than rnnrun.")
	line("- Before it was timed, each peer's outputs were compared with rnnrun's: none differs by more than %g.", tolerance)
	for _, steps := range []int{0, sequenceSteps} {
		var list []Result
		for _, c := range r.Cases {
			if c.Steps == steps {
				list = append(list, c)
			}
		}
		if len(list) > 0 {
			title := "Streaming: a step a call"
			if steps > 0 {
				title = fmt.Sprintf("Sequences of %d steps", steps)
			}
			line("\n## %s, µs per step\n", title)
			writeResults(&b, "network", list)
		}
	}
	if len(r.Products) > 0 {
		line("\n## The bare product of a matrix and a vector, µs\n")
		writeResults(&b, "rows×columns", r.Products)
	}
	if len(r.Training) > 0 {
		line("\n## Training, tokens per second\n")
		writeTraining(&b, r.Training)
	}
	return b.String()
}

// writeResults writes a table: a column of every peer that takes part
// anywhere.
func writeResults(b *strings.Builder, title string, list []Result) {
	var peers []string
	seen := map[string]bool{}
	for _, r := range list {
		for _, t := range r.Times {
			if !seen[t.Peer] {
				seen[t.Peer] = true
				peers = append(peers, t.Peer)
			}
		}
	}
	fmt.Fprintf(b, "| %s | weights KiB |", title)
	for i, p := range peers {
		fmt.Fprintf(b, " %s |", p)
		if i > 0 {
			b.WriteString(" × |")
		}
	}
	b.WriteString("\n|---|--:|" + strings.Repeat("--:|", 2*len(peers)-1) + "\n")
	for _, r := range list {
		fmt.Fprintf(b, "| %s | %.0f |", r.Case, float64(r.WeightBytes)/1024)
		for i, p := range peers {
			t, ok := r.time(p)
			switch {
			case !ok && i > 0:
				b.WriteString(" – | – |")
			case i == 0:
				fmt.Fprintf(b, " %s |", microseconds(t.NS))
			default:
				fmt.Fprintf(b, " %s | %.2f |", microseconds(t.NS), t.Ratio)
			}
		}
		b.WriteString("\n")
	}
}

func (r *Result) time(peer string) (Measure, bool) {
	for _, t := range r.Times {
		if t.Peer == peer {
			return t, true
		}
	}
	return Measure{}, false
}

// microseconds writes a time with three digits.
func microseconds(ns float64) string {
	us := ns / 1e3
	switch {
	case us < 10:
		return fmt.Sprintf("%.2f", us)
	case us < 100:
		return fmt.Sprintf("%.1f", us)
	}
	return fmt.Sprintf("%.0f", us)
}
