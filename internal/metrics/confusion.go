package metrics

// A Confusion is a confusion matrix: Confusion[class][answer] is the number of
// targets of the class that got the answer.
type Confusion [][]int

// NewConfusion returns an empty confusion matrix.
func NewConfusion(classes int) Confusion {
	c := make(Confusion, classes)
	for i := range c {
		c[i] = make([]int, classes)
	}
	return c
}

// A ClassScore says how well a class is distinguished from the others:
//
//	Recall    = right answers / targets of the class
//	Precision = right answers / answers of the class
//	F1        = 2 · right answers / (targets + answers)
//
// F1 is the harmonic mean of the other two (van Rijsbergen, "Information
// Retrieval", 1979). Each is 0 when it is undefined.
type ClassScore struct {
	Targets               int
	Recall, Precision, F1 float64
}

// Score returns the score of a class.
func (c Confusion) Score(class int) ClassScore {
	right, targets, answers := c[class][class], 0, 0
	for i := range c {
		targets += c[class][i]
		answers += c[i][class]
	}
	share := func(n int) float64 { return float64(right) / float64(max(1, n)) }
	s := ClassScore{Targets: targets, Recall: share(targets), Precision: share(answers)}
	if targets+answers > 0 {
		s.F1 = 2 * float64(right) / float64(targets+answers)
	}
	return s
}

// MacroF1 returns the mean F1 of the classes that have targets; 0 if none has.
func (c Confusion) MacroF1() float64 {
	sum, n := 0.0, 0
	for i := range c {
		if s := c.Score(i); s.Targets > 0 {
			sum += s.F1
			n++
		}
	}
	return sum / float64(max(1, n))
}
