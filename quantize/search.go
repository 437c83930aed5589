package quantize

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A Loss says by how much a model is worse than the one it was made of, in the
// unit in which the caller bounds it: 0 is as good, less is better.
type Loss func(m *format.Model) (float64, error)

// A Result is what quantizing a model cost.
type Result struct {
	Model *format.Model
	Plan  Plan
	Loss  float64
	Parts []PartResult
}

// A PartResult is a part's share of the loss: that of the model with this part
// alone in a number format, DType: the one asked for, but of an embedding Int8
// for Int4. Kept says that the part stayed in F16.
type PartResult struct {
	Name  string
	DType format.DType
	Loss  float64
	Kept  bool
}

// Options say how a model is quantized.
type Options struct {
	DType       format.DType // of all parts that bear it
	Calibration Calibration
	Loss        Loss
	// MaxLoss is the greatest loss to accept: while it is exceeded, a part more is
	// kept in F16. +Inf accepts every loss.
	MaxLoss float64
	// Progress, if not nil, is told of each model that is about to be measured.
	Progress func(what string)
}

// Search keeps all parts of m in o.DType, and measures the loss of all together
// and of each part alone. While the loss is greater than o.MaxLoss, the part with
// the greatest loss of its own goes back to F16. The model measured last is the
// result. Its loss is above o.MaxLoss if not even F16 is within it. The errors
// are those of [Plan.Model] and of o.Loss.
func Search(m *format.Model, o Options) (*Result, error) {
	plan := Uniform(m, o.DType)
	plan.Calibration = o.Calibration
	r := &Result{Plan: plan}
	parts := Parts(m)
	for _, part := range parts {
		alone := Uniform(m, format.DTypeF32)
		alone.Calibration = o.Calibration
		part.Set(&alone, o.DType)
		_, loss, err := o.measure(part.Name, m, alone)
		if err != nil {
			return nil, err
		}
		r.Parts = append(r.Parts, PartResult{Name: part.Name, DType: part.format(o.DType), Loss: loss})
	}
	var err error
	if r.Model, r.Loss, err = o.measure("all", m, plan); err != nil {
		return nil, err
	}
	for r.Loss > o.MaxLoss && o.DType != format.DTypeF16 {
		worst := r.worst()
		if worst < 0 {
			break
		}
		r.Parts[worst].Kept = true
		parts[worst].Set(&r.Plan, format.DTypeF16)
		if r.Model, r.Loss, err = o.measure(r.Parts[worst].Name+" in f16", m, r.Plan); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// measure returns m as planned, and its loss.
func (o *Options) measure(what string, m *format.Model, p Plan) (*format.Model, float64, error) {
	if o.Progress != nil {
		o.Progress(what)
	}
	q, err := p.Model(m)
	if err != nil {
		return nil, 0, err
	}
	loss, err := o.Loss(q)
	return q, loss, err
}

// worst returns the part with the greatest loss of those that are not kept; -1:
// all are.
func (r *Result) worst() int {
	worst, greatest := -1, math.Inf(-1)
	for i, part := range r.Parts {
		if !part.Kept && part.Loss > greatest {
			worst, greatest = i, part.Loss
		}
	}
	return worst
}
