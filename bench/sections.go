package main

import (
	"fmt"
	"slices"
	"strings"
)

const compactText = `Of rnnrun's own columns, gain says how many times as fast it is as with float32 weights, whose KiB these are. × of the
others is to rnnrun's int8.`

// compactTable has rnnrun's number formats and then the peers of int8.
func compactTable(list []Result) *table {
	var t table
	head := []string{"network", "weights KiB"}
	peers := peersOf(list)
	for i, p := range peers {
		head = append(head, p)
		switch {
		case strings.HasPrefix(p, ours{}.Name()+" "):
			head = append(head, "gain")
		case i > 0:
			head = append(head, "×")
		}
	}
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
			case strings.HasPrefix(p, ours{}.Name()+" "):
				row = append(row, microseconds(m.NS), hundredths(1/m.Ratio))
			default:
				row = append(row, microseconds(m.NS), hundredths(m.Ratio))
			}
		}
		t.row(row...)
	}
	return &t
}

const wholeText = `Networks as they are deployed: twins with random weights, and files. They read a step a call, or a sequence of 1,000
steps a call if they read it from both ends. × of rnnrun's own f16 and int8 is to its float32, with which outputs
agree within 2e-05.`

const smallText = `Input 1, float32. Cycles are the time multiplied by the clock that a chain of additions had in the same round.`

func smallTable(list []Step) *table {
	var t table
	head := []string{"hidden"}
	var cells []string
	for _, s := range list {
		if !slices.Contains(cells, s.Cell) {
			cells = append(cells, s.Cell)
			head = append(head, s.Cell+" ns", "cycles")
		}
	}
	t.row(head...)
	for _, hidden := range smallHidden {
		row := []string{fmt.Sprint(hidden)}
		for _, s := range list {
			if s.Hidden == hidden {
				row = append(row, whole(s.NS), whole(s.Cycles))
			}
		}
		if len(row) == len(head) {
			t.row(row...)
		}
	}
	return &t
}

const quantizedText = `As many inputs as units. Opus's cycles are those of the int8 GRU of Opus 1.5, a published figure: of another program,
on a core of AMD Zen 4, and not of this run.`

func quantizedTable(list []Step) *table {
	var t table
	t.row("GRU", "weights KiB", "µs", "cycles", "Opus's cycles")
	for _, s := range list {
		t.row(fmt.Sprintf("%d→%d", s.Input, s.Hidden), kibibytes(s.Bytes), microseconds(s.NS), whole(s.Cycles), whole(opusCycles[s.Hidden]))
	}
	return &t
}

const bandwidthText = `How fast steps of float32 weights read them, as a share of the bandwidth: the rate at which this core reads as many
bytes from end to end, over and over, by the fastest of several loops, from huge pages where there are any. Steps read
their weights from alternate ends, so that each finds in the caches what the one before it read last: where these hold
a part of the weights, the share can exceed 1. The time of a step includes its activations and its state.`

func bandwidthTable(list []Bandwidth) *table {
	var t table
	head := []string{"KiB", "bandwidth GB/s"}
	for _, s := range list[0].Steps {
		head = append(head, s.Cell, "µs", "share")
	}
	t.row(head...)
	for _, b := range list {
		row := []string{kibibytes(b.Bytes), fmt.Sprintf("%.1f", b.Rate)}
		for _, s := range b.Steps {
			row = append(row, fmt.Sprintf("%d→%d", s.Input, s.Hidden), microseconds(s.NS), hundredths(s.Share))
		}
		t.row(row...)
	}
	return &t
}

const tailText = `Steps timed one by one, or in the smallest batches that the clock can time, where a sample is of several. Each is
followed by a loop of additions that takes as long and uses no memory, so that nothing delays the loop but the machine:
interrupts, other programs, other guests of its host. Interruptions are the loops that took half a microsecond and a
twentieth longer than usual, and their part is the share of the loops' time that they took. As many steps as loops are
delayed by some time for the machine's reasons: undisturbed percentiles leave these out. What an interruption does to
the caches stays.`

func tailTable(list []Tail) *table {
	var t table
	t.row("network", "samples", "of steps", "p50", "p99", "p99.9", "max", "p99.9 / p50", "interruptions", "their part %",
		"undisturbed p50", "p99", "p99.9", "p99.9 / p50")
	for _, l := range list {
		a, u, i := l.All, l.Undisturbed, l.Interruptions
		t.row(l.Network, fmt.Sprint(l.Samples), fmt.Sprint(l.Batch),
			microseconds(a.P50), microseconds(a.P99), microseconds(a.P999), microseconds(l.Max), hundredths(a.P999/a.P50),
			fmt.Sprint(i.Count), hundredths(100*i.Share),
			microseconds(u.P50), microseconds(u.P99), microseconds(u.P999), hundredths(u.P999/u.P50))
	}
	return &t
}

func trainingText() string {
	return fmt.Sprintf(`Embedding(%d, %d) → cell → Linear(%d), batch %d, %d steps, Adam, clip 1. Here × is rnnrun's rate over the
peer's: more than 1 is slower than rnnrun. MiB is the most memory that a process that only trains has at once (VmHWM),
and share is rnnrun's as a part of the peer's.`, trainTokens, trainTokens, trainTokens, trainBatch, trainSteps)
}

func trainingTable(list []Training) *table {
	var t table
	head := []string{"cell", "threads"}
	for i, r := range list[0].Rates {
		head = append(head, r.Peer)
		if i > 0 {
			head = append(head, "×")
		}
		head = append(head, "MiB")
		if i > 0 {
			head = append(head, "share")
		}
	}
	t.row(head...)
	for _, l := range list {
		row := []string{fmt.Sprintf("%s %d", l.Cell, l.Hidden), fmt.Sprint(l.Threads)}
		for i, r := range l.Rates {
			row = append(row, whole(r.Rate))
			if i > 0 {
				row = append(row, hundredths(r.Ratio))
			}
			row = append(row, whole(float64(r.Peak)/(1<<20)))
			if i > 0 {
				row = append(row, hundredths(r.Share))
			}
		}
		t.row(row...)
	}
	return &t
}
