package main

import (
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A confusion counts answers by the true class, and then by the one answered.
type confusion [][]int

func newConfusion(classes int) confusion {
	c := make(confusion, classes)
	for i := range c {
		c[i] = make([]int, classes)
	}
	return c
}

// A classScore is how well a class is told from the others.
type classScore struct {
	targets               int
	recall, precision, f1 float64 // 0 where they are undefined
}

func (c confusion) score(class int) classScore {
	right, targets, answers := c[class][class], 0, 0
	for i := range c {
		targets += c[class][i]
		answers += c[i][class]
	}
	part := func(n int) float64 { return float64(right) / float64(max(1, n)) }
	s := classScore{targets: targets, recall: part(targets), precision: part(answers)}
	if targets+answers > 0 {
		s.f1 = 2 * float64(right) / float64(targets+answers)
	}
	return s
}

// macroF1 returns the mean F1 of the classes that there are in the data.
func (c confusion) macroF1() float64 {
	sum, n := 0.0, 0
	for i := range c {
		if s := c.score(i); s.targets > 0 {
			sum += s.f1
			n++
		}
	}
	return sum / float64(max(1, n))
}

func (c confusion) print(w io.Writer, m *rnn.Model) {
	for i := range c {
		if s := c.score(i); s.targets > 0 {
			fmt.Fprintf(w, "  %-18s recall %8s of %-6d precision %8s  F1 %.4f\n",
				m.Label(i), percent(s.recall), s.targets, percent(s.precision), s.f1)
		}
	}
}

// json returns the scores of the classes, and the counts: of every true class
// those of the answers.
func (c confusion) json(m *rnn.Model) cli.Object {
	var classes, counts cli.Array
	for i, row := range c {
		s := c.score(i)
		classes = append(classes, cli.Object{
			"label", m.Label(i), "targets", s.targets, "recall", s.recall, "precision", s.precision, "f1", s.f1,
		})
		var numbers cli.Array
		for _, n := range row {
			numbers = append(numbers, n)
		}
		counts = append(counts, numbers)
	}
	return cli.Object{"classes", classes, "confusion", counts}
}
