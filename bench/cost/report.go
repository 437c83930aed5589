package main

import (
	"fmt"
	"math"
	"strings"
)

// markdown writes the figures as tables. checkCounts reads the first.
func markdown(counts []kernelCount, loops []loopCost, steps []stepCount, loops32 []loopCost, stepsRISCV []stepCount) string {
	var b strings.Builder
	fmt.Fprint(&b, `# What the kernels for ARM and RISC-V cost

Written by `+"`cd bench/cost && go run .`"+`. The figures do not depend on the machine that runs it.

## Instructions executed on arm64

Instructions of one call, counted under qemu-aarch64. The last column is per 16 weights for a product with one vector, per 16
products of a weight and an input for several vectors, and per 16 elements or units otherwise.

| Call                          | Instructions | for 16 |
|-------------------------------|-------------:|-------:|
`)
	for _, c := range counts {
		fmt.Fprintf(&b, "| %s | %12d | %6.2f |\n", pad(c.name, 29), c.instructions, 16*float64(c.instructions)/float64(c.elements))
	}
	fmt.Fprint(&b, `
## Cycles of the inner loops on arm64

Predicted by llvm-mca 19, with all data in the first-level cache, per 16 weights, products, elements or units. neoverse-n1
also stands for the Cortex-A76. Bold rows are the streaming products of wide layers, which must stay below
2.2 on neoverse-n1, 4.3 on cortex-a72 and 6.9 on cortex-a55 with floats, below 2.1 on cortex-a72 and 5.6 on cortex-a55 with int8,
and with SDOT below 0.6 on neoverse-n1 (cortex-a72 has no SDOT).
`)
	writeLoops(&b, arm64, loops)
	writeSteps(&b, arm32Steps, steps, `With
vfpv4 they must be at least 8 times fewer with floats, and 20 times with int8.`)
	fmt.Fprint(&b, `
## Cycles of the inner loops on 32-bit ARM

Predicted by llvm-mca 19 for a Cortex-A72 in 32-bit mode, which it models as a cortex-a57; it has no model of a Cortex-A7. The last
function belongs to the set vfp, the others to vfpv4.
`)
	writeLoops(&b, arm32, loops32)
	writeSteps(&b, riscv64Steps, stepsRISCV, `With
rvv they must be at least 50 times fewer with floats, and 30 times with int8, and with rv64g 3.5 and 2.5 times. Vector registers have
128 or 256 bits.`)
	return b.String()
}

// writeSteps writes the table of a platform's steps, below what must be true of them.
func writeSteps(b *strings.Builder, p platform, steps []stepCount, limits string) {
	fmt.Fprintf(b, `
## Instructions of a step on %s

Counted under %s in the kernels and in the Go code of their packages, and how many times fewer they are than those of pure Go. %s

| Step              |`, p.name, p.emulator, limits)
	for i, s := range p.sets {
		fmt.Fprintf(b, " %9s |", s.heading())
		if i > 0 {
			fmt.Fprint(b, " fewer |")
		}
	}
	fmt.Fprint(b, "\n|-------------------|")
	for i, s := range p.sets {
		fmt.Fprint(b, strings.Repeat("-", max(9, len(s.heading()))+1)+":|")
		if i > 0 {
			fmt.Fprint(b, "------:|")
		}
	}
	fmt.Fprintln(b)
	for _, c := range steps {
		fmt.Fprintf(b, "| %s |", pad(c.name, 17))
		for i, n := range c.instructions {
			fmt.Fprintf(b, " %*d |", max(9, len(p.sets[i].heading())), n)
			if i > 0 {
				fmt.Fprintf(b, " %5.1f |", c.gain(i))
			}
		}
		fmt.Fprintln(b)
	}
}

// writeLoops writes the table of a machine's inner loops.
func writeLoops(b *strings.Builder, m machine, loops []loopCost) {
	fmt.Fprint(b, "\n| Function      | Loop                      | Instructions |")
	for _, core := range m.cores {
		fmt.Fprintf(b, " %s |", core)
	}
	fmt.Fprint(b, "\n|---------------|---------------------------|-------------:|")
	for _, core := range m.cores {
		fmt.Fprintf(b, "%s:|", strings.Repeat("-", len(core)+1))
	}
	fmt.Fprintln(b)
	for _, l := range loops {
		fmt.Fprintf(b, "| %s | %s | %12.2f |", pad(l.function, 13), pad(l.name, 25), l.instructions)
		for i, core := range m.cores {
			figure := fmt.Sprintf("%.2f", l.cycles[i])
			if math.IsNaN(l.cycles[i]) {
				figure = "–"
			}
			if l.limit.on(i) {
				figure = "**" + figure + "**"
			}
			fmt.Fprintf(b, " %s%s |", strings.Repeat(" ", max(0, len(core)-len([]rune(figure)))), figure)
		}
		fmt.Fprintln(b)
	}
}

// pad fills s with spaces to n characters.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-len([]rune(s)))) }
