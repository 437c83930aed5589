package trainer

import (
	"fmt"
	"math"
)

// A Schedule determines how the learning rate changes during training.
type Schedule interface {
	// Factor returns the factor of the learning rate. It depends only on m.
	Factor(m SchedulePoint) float64
	// String returns the name of the schedule and its parameters.
	String() string
}

// A SchedulePoint says how far a training is.
type SchedulePoint struct {
	Step, Steps int // steps made, and steps of the whole training
	Epoch       int // epochs that ended
	// Losses are, for every epoch that ended, the validation loss or, if the
	// task has no validation, the training loss.
	Losses []float64
}

// ConstantRate keeps the learning rate constant.
type ConstantRate struct{}

// Factor implements [Schedule].
func (ConstantRate) Factor(SchedulePoint) float64 { return 1 }

func (ConstantRate) String() string { return "constant" }

// CosineDecay lowers the factor from 1 to Final along half a cosine (Loshchilov &
// Hutter 2017), at every step.
type CosineDecay struct{ Final float64 }

// Factor implements [Schedule].
func (c CosineDecay) Factor(m SchedulePoint) float64 {
	cosine := (1 + math.Cos(math.Pi*float64(m.Step)/float64(max(1, m.Steps)))) / 2
	return c.Final + (1-c.Final)*cosine
}

func (c CosineDecay) String() string { return fmt.Sprintf("cosine to %g", c.Final) }

// StepDecay multiplies by Gamma after every Size epochs, as PyTorch's StepLR.
type StepDecay struct {
	Size  int // epochs; 0: 1
	Gamma float64
}

// Factor implements [Schedule].
func (s StepDecay) Factor(m SchedulePoint) float64 {
	return math.Pow(s.Gamma, float64(m.Epoch/max(1, s.Size)))
}

func (s StepDecay) String() string {
	return fmt.Sprintf("step by %g every %d epochs", s.Gamma, max(1, s.Size))
}

// ExponentialDecay multiplies by Gamma after every epoch, as PyTorch's
// ExponentialLR.
type ExponentialDecay struct{ Gamma float64 }

// Factor implements [Schedule].
func (e ExponentialDecay) Factor(m SchedulePoint) float64 { return math.Pow(e.Gamma, float64(m.Epoch)) }

func (e ExponentialDecay) String() string { return fmt.Sprintf("exponential by %g", e.Gamma) }

// PlateauDecay multiplies by Gamma after more than Patience epochs in which the
// loss did not fall below the least so far by at least one part in 10,000, as
// PyTorch's ReduceLROnPlateau.
type PlateauDecay struct {
	Gamma    float64
	Patience int
}

// Factor implements [Schedule].
func (p PlateauDecay) Factor(m SchedulePoint) float64 {
	const threshold = 1e-4
	factor, least, bad := 1.0, math.Inf(1), 0
	for _, loss := range m.Losses {
		if bad++; loss < least*(1-threshold) {
			least, bad = loss, 0
		}
		if bad > p.Patience {
			factor, bad = factor*p.Gamma, 0
		}
	}
	return factor
}

func (p PlateauDecay) String() string {
	return fmt.Sprintf("plateau by %g after %d epochs", p.Gamma, p.Patience)
}

// Warmup raises the factor linearly during the first Steps steps, and then
// starts Then.
type Warmup struct {
	Steps int
	Then  Schedule
}

// Factor implements [Schedule].
func (w Warmup) Factor(m SchedulePoint) float64 {
	if m.Step < w.Steps {
		return float64(m.Step+1) / float64(w.Steps)
	}
	m.Step, m.Steps = m.Step-w.Steps, m.Steps-w.Steps
	return w.Then.Factor(m)
}

func (w Warmup) String() string { return fmt.Sprintf("warm-up of %d steps, %v", w.Steps, w.Then) }
