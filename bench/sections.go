package main

import (
	"fmt"
	"slices"
	"strings"
)

const compactText = `In rnnrun's own columns, gain is the speed relative to float32 weights, whose size is in KiB. In the other columns, × is
relative to rnnrun's int8.`

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

const wholeText = `Architectures of deployed networks, with random weights or from files. They read one step per call, or a sequence of
1,000 steps per call if they are bidirectional. × of rnnrun's own f16 and int8 is relative to its float32; outputs with
float32 weights agree within 2e-05.`

const smallText = `Input 1, float32. Cycles are the time multiplied by the clock rate of a chain of additions in the same round; lowest are
those of the round with the fewest. RTNeural's cycles are published figures, also the lowest of several medians: from a C++ library whose
sizes are fixed when it is compiled, on an AMD Zen 4 core at 3.6 GHz, and not from this run.`

func smallTable(list []Step) *table {
	var t table
	head := []string{"hidden"}
	var cells []string
	for _, s := range list {
		if !slices.Contains(cells, s.Cell) {
			cells = append(cells, s.Cell)
			head = append(head, s.Cell+" ns", "cycles", "lowest", "RTNeural's")
		}
	}
	t.row(head...)
	for _, hidden := range smallHidden {
		row := []string{fmt.Sprint(hidden)}
		for _, s := range list {
			if s.Hidden == hidden {
				row = append(row, whole(s.NS), whole(s.Cycles), whole(s.Lowest), whole(rtneuralCycles[s.Cell][hidden]))
			}
		}
		if len(row) == len(head) {
			t.row(row...)
		}
	}
	return &t
}

const quantizedText = `The number of inputs is the number of units. Opus's cycles are published figures for the int8 GRU of Opus 1.5: from
another program, on an AMD Zen 4 core, and not from this run.`

func quantizedTable(list []Step) *table {
	var t table
	t.row("GRU", "weights KiB", "µs", "cycles", "Opus's cycles")
	for _, s := range list {
		t.row(fmt.Sprintf("%d→%d", s.Input, s.Hidden), kibibytes(s.Bytes), microseconds(s.NS), whole(s.Cycles), whole(opusCycles[s.Hidden]))
	}
	return &t
}

const bandwidthText = `The rate at which steps read float32 weights, as a share of the bandwidth: the rate at which this core reads as many
bytes from end to end, repeatedly, with the fastest of several loops, from huge pages if there are any. Steps read
their weights from alternate ends, so each step finds in the caches what the previous step read last. If the caches
hold a part of the weights, the share can exceed 1. The time of a step includes its activations and its state.`

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

const tailText = `Steps timed one by one, or in the smallest batches that the clock can time. Each sample is followed by a loop of
additions that takes as long and uses no memory, so only the machine can delay it: interrupts, other programs, other
guests of its host. Interruptions are the loops that took half a microsecond plus a twentieth longer than usual; their
part is their share of the loops' time. The loops show how often the machine itself delays work, and the undisturbed
percentiles leave out that share of the steps. The effects of an interruption on the caches stay.`

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
peer's: more than 1 means that the peer is slower. MiB is the peak memory of a process that only trains (VmHWM),
and share is rnnrun's memory divided by the peer's.`, trainTokens, trainTokens, trainTokens, trainBatch, trainSteps)
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
