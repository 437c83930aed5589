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

// Search keeps all parts of m in a number format, and measures what that costs,
// in all and for each part alone. inputScale is that of the plan. While the loss
// is greater than limit, the part with the greatest loss of its own goes back to
// F16. limit +Inf accepts all. The model measured last is the result. Where not
// even F16 is within the limit, the loss of the result tells. progress, if not
// nil, hears of each model that is about to be measured.
func Search(m *format.Model, dtype format.DType, inputScale float32, limit float64, loss Loss, progress func(what string)) (*Result, error) {
	if progress == nil {
		progress = func(string) {}
	}
	measure := func(what string, p Plan) (*format.Model, float64, error) {
		progress(what)
		q, err := p.Model(m)
		if err != nil {
			return nil, 0, err
		}
		l, err := loss(q)
		return q, l, err
	}
	plan := Uniform(m, dtype)
	plan.InputScale = inputScale
	r := &Result{Plan: plan}
	parts := Parts(m)
	for _, part := range parts {
		alone := Uniform(m, format.DTypeF32)
		alone.InputScale = plan.InputScale
		part.Set(&alone, dtype)
		_, l, err := measure(part.Name, alone)
		if err != nil {
			return nil, err
		}
		r.Parts = append(r.Parts, PartResult{Name: part.Name, DType: part.format(dtype), Loss: l})
	}
	var err error
	if r.Model, r.Loss, err = measure("all", plan); err != nil {
		return nil, err
	}
	for r.Loss > limit && dtype != format.DTypeF16 {
		worst, greatest := -1, math.Inf(-1)
		for i, part := range r.Parts {
			if !part.Kept && part.Loss > greatest {
				worst, greatest = i, part.Loss
			}
		}
		if worst < 0 {
			break
		}
		r.Parts[worst].Kept = true
		parts[worst].Set(&r.Plan, format.DTypeF16)
		if r.Model, r.Loss, err = measure(r.Parts[worst].Name+" in f16", r.Plan); err != nil {
			return nil, err
		}
	}
	return r, nil
}
