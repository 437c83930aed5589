package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
)

// A Report is everything that was measured.
type Report struct {
	Date       string      `json:"date"`
	Command    string      `json:"command"`
	Machine    Machine     `json:"machine"`
	Peers      []string    `json:"peers"` // with their versions
	Missing    []string    `json:"missing,omitempty"`
	Rounds     int         `json:"rounds"`
	Cases      []Result    `json:"cases,omitempty"`
	Compact    []Result    `json:"compact,omitempty"`
	Batches    []Result    `json:"batches,omitempty"`
	Wholes     []Result    `json:"wholes,omitempty"`
	Small      []Step      `json:"small,omitempty"`
	Quantized  []Step      `json:"quantized,omitempty"`
	Bandwidths []Bandwidth `json:"bandwidths,omitempty"`
	Tails      []Tail      `json:"tails,omitempty"`
	Products   []Result    `json:"products,omitempty"`
	Training   []Training  `json:"training,omitempty"`
}

func newReport(s *settings) (*Report, error) {
	m, err := thisMachine()
	return &Report{
		Date:    time.Now().UTC().Format(time.DateOnly),
		Command: strings.Join(append([]string{"go run ."}, os.Args[1:]...), " "),
		Machine: m,
		Rounds:  s.rounds,
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
	r.head(&b)
	section := func(title, text string, t fmt.Stringer) {
		fmt.Fprintf(&b, "\n## %s\n\n", title)
		if text != "" {
			fmt.Fprintf(&b, "%s\n\n", text)
		}
		b.WriteString(t.String())
	}
	streaming, sequences := r.split()
	if len(streaming) > 0 {
		section("Streaming: a step a call, µs per step", "", resultTable("network", streaming))
	}
	if len(r.Compact) > 0 {
		section("Streaming with weights of 16 and 8 bits, µs per step", compactText, compactTable(r.Compact))
	}
	if len(r.Batches) > 0 {
		section("Batches of streams, µs per step of each stream", batchText, batchTable(r.Batches))
	}
	if len(sequences) > 0 {
		section(fmt.Sprintf("Sequences of %d steps, µs per step", sequenceSteps), "", resultTable("network", sequences))
	}
	if len(r.Wholes) > 0 {
		section("Whole models, µs per step", wholeText, resultTable("model", r.Wholes))
	}
	if len(r.Small) > 0 {
		section("Small layers in cycles", smallText, smallTable(r.Small))
	}
	if len(r.Quantized) > 0 {
		section("GRU of int8 weights in cycles", quantizedText, quantizedTable(r.Quantized))
	}
	if len(r.Bandwidths) > 0 {
		section("Against the bandwidth", bandwidthText, bandwidthTable(r.Bandwidths))
	}
	if len(r.Tails) > 0 {
		section("Single steps, µs", tailText, tailTable(r.Tails))
	}
	if len(r.Products) > 0 {
		section("The bare product of a matrix and a vector, µs", "", resultTable("rows×columns", r.Products))
	}
	if len(r.Training) > 0 {
		section("Training, tokens per second", trainingText(), trainingTable(r.Training))
	}
	return b.String()
}

// head says where the figures are from and how they were measured.
func (r *Report) head(b *strings.Builder) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	m := &r.Machine
	line("# Side by side\n")
	line("What `%s` in this folder wrote on %s.\n", r.Command, r.Date)
	line("- Machine: %s; %d cores at %.2f GHz; %s; huge pages: %s; %s, %s", m.CPU, m.Cores, m.GHz,
		cmp.Or(strings.Join(m.Caches, ", "), "caches not reported"), m.HugePages, m.System, m.Go)
	line("- Other programs on it: %v before, %v after", m.Before, m.After)
	line("- Kernels of rnnrun: %s (this CPU could run %s)", m.Kernels, strings.Join(m.Sets, ", "))
	for _, p := range r.Peers {
		line("- %s", p)
	}
	for _, p := range r.Missing {
		line("- Missing: %s", p)
	}
	line("- All on one thread, in turn, %d rounds: times are medians of the rounds, and × is the median of the ratios", r.Rounds)
	line("  to rnnrun's time in the same round, with weights of the same number format: more than 1 means slower than rnnrun.")
	line("- Before timing, each peer's outputs were compared with rnnrun's with float32 weights: none differs by more")
	line("  than %g; with weights of 16 bits %g, of 8 bits %g.", tolerances[format.DTypeF32], tolerances[format.DTypeF16], tolerances[format.DTypeInt8])
}

// split returns the streaming cases, and those of sequences.
func (r *Report) split() (streaming, sequences []Result) {
	for _, c := range r.Cases {
		if c.Steps == 0 {
			streaming = append(streaming, c)
		} else {
			sequences = append(sequences, c)
		}
	}
	return streaming, sequences
}

// resultTable has a column of every peer that takes part anywhere.
func resultTable(title string, list []Result) *table {
	peers := peersOf(list)
	head := []string{title, "weights KiB"}
	for i, p := range peers {
		head = append(head, p)
		if i > 0 {
			head = append(head, "×")
		}
	}
	var t table
	t.row(head...)
	for _, r := range list {
		row := []string{r.Case, kibibytes(r.WeightBytes)}
		for i, p := range peers {
			m, ok := r.time(p)
			switch {
			case !ok:
				row = append(row, "–", "–")
			case i == 0:
				row = append(row, microseconds(m.NS))
			default:
				row = append(row, microseconds(m.NS), hundredths(m.Ratio))
			}
		}
		t.row(row...)
	}
	return &t
}

// peersOf returns the peers that take part anywhere. Their order is that of the
// case in which most do.
func peersOf(list []Result) (peers []string) {
	byPeers := slices.Clone(list)
	slices.SortStableFunc(byPeers, func(a, b Result) int { return len(b.Times) - len(a.Times) })
	for _, r := range byPeers {
		for _, t := range r.Times {
			if !slices.Contains(peers, t.Peer) {
				peers = append(peers, t.Peer)
			}
		}
	}
	return peers
}

func (r *Result) time(peer string) (Measure, bool) {
	for _, t := range r.Times {
		if t.Peer == peer {
			return t, true
		}
	}
	return Measure{}, false
}
