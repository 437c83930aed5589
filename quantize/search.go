package quantize

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Loss returns how much worse a model is than its original, in the unit of the
// caller's limit: 0 is equally good, a smaller loss is better.
type Loss func(m *format.Model) (float64, error)

// A Result is a quantized model and its loss.
type Result struct {
	Model *format.Model
	Plan  Plan
	Loss  float64
	Parts []PartResult
}

// A PartResult is a part's share of the loss: the loss of the model with only
// this part in the number format DType, the requested one, or Int8 instead of
// Int4 for an embedding. Kept says that the part stayed in F16, and Balanced that
// the channels that it reads are brought closer to one range.
type PartResult struct {
	Name, Kind string // as in [Part]
	DType      format.DType
	Loss       float64
	Kept       bool
	Balanced   bool
}

// Options say how a model is quantized.
type Options struct {
	DType       format.DType            // for all parts that are not sensitive to it
	Parts       map[string]format.DType // for parts by name, whatever the loss
	Calibration Calibration
	Ranges      [][]float32 // for a graph, as [Ranges] returns them; nil: not known
	Loss        Loss
	// MaxLoss is the greatest loss to accept: while the loss exceeds it, another
	// part is kept in F16. +Inf accepts every loss.
	MaxLoss float64
	// MaxPartLoss is the greatest loss of a single part to accept: parts that lose
	// more are kept in F16 from the start. 0 accepts every loss.
	MaxPartLoss float64
	// Progress, if not nil, is called before each model is measured.
	Progress func(what string)
}

// Search stores all parts of m in o.DType, and measures the loss of all together
// and of each part alone. While the loss is greater than o.MaxLoss, the part with
// the greatest loss of its own goes back to F16. The result is the model measured
// last. Its loss is above o.MaxLoss if even F16 exceeds it. The errors are those
// of [Plan.Model] and of o.Loss, and [*UnknownPartError].
func Search(m *format.Model, o Options) (*Result, error) {
	s := &search{Options: o, model: m, parts: Parts(m), result: &Result{Plan: Uniform(m, o.DType)}}
	s.result.Plan.Calibration = o.Calibration
	if err := s.checkNames(); err != nil {
		return nil, err
	}
	for i := range s.parts {
		if err := s.alone(i); err != nil {
			return nil, err
		}
	}
	if err := s.all("all"); err != nil {
		return nil, err
	}
	r := s.result
	for s.exceeds(r.Loss) {
		worst := s.worst()
		if worst < 0 {
			break
		}
		s.keep(worst)
		if err := s.all(r.Parts[worst].Name + " in f16"); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// An UnknownPartError says that a model has no part of a name.
type UnknownPartError struct {
	Name  string
	Parts []string // the names of its parts
}

func (e *UnknownPartError) Error() string {
	return fmt.Sprintf("the model has no part %s: it has %s", message.Quote(e.Name), message.List(e.Parts))
}

// A search is under way.
type search struct {
	Options
	model  *format.Model
	parts  []Part
	result *Result
}

func (s *search) checkNames() error {
	var names []string
	for _, part := range s.parts {
		names = append(names, part.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Parts)) {
		if !slices.Contains(names, name) {
			return &UnknownPartError{Name: name, Parts: names}
		}
	}
	return nil
}

// alone measures part i alone. A part of a graph gets the factors with which it
// loses least, if that is much less than without them.
func (s *search) alone(i int) error {
	part := s.parts[i]
	dtype, fixed := s.Parts[part.Name]
	if !fixed {
		dtype = s.DType
	}
	r := PartResult{Name: part.Name, Kind: part.Kind, DType: part.format(dtype)}
	part.Set(&s.result.Plan, dtype)
	var err error
	if r.Loss, err = s.lossAlone(part, dtype, nil); err != nil {
		return err
	}
	plain := r.Loss
	for _, factors := range s.balances(part, dtype) {
		loss, err := s.lossAlone(part, dtype, factors)
		if err != nil {
			return err
		}
		if loss < r.Loss && loss < worthFactors*plain {
			r.Loss, r.Balanced = loss, true
			s.result.Plan.Nodes[part.node].Factors = factors
		}
	}
	s.result.Parts = append(s.result.Parts, r)
	if s.MaxPartLoss > 0 && !(r.Loss <= s.MaxPartLoss) && s.keepable(i) {
		s.keep(i)
	}
	return nil
}

// worthFactors is the fraction of a loss that factors must reach to be worth a
// multiplication of the inputs.
const worthFactors = 0.8

// balances returns the factors that are worth trying for a part.
func (s *search) balances(part Part, dtype format.DType) [][]float32 {
	if s.Ranges == nil || dtype != format.DTypeInt8 || len(s.model.Graph.Nodes) > format.MaxNodes/3 {
		return nil
	}
	return balances(s.Ranges[part.node])
}

// lossAlone returns the loss of the model with a part alone in a number format.
func (s *search) lossAlone(part Part, dtype format.DType, factors []float32) (float64, error) {
	p := Uniform(s.model, format.DTypeF32)
	p.Calibration = s.Calibration
	part.Set(&p, dtype)
	if factors != nil {
		p.Nodes[part.node].Factors = factors
	}
	_, loss, err := s.measure(part.Name, p)
	return loss, err
}

// all measures the model as it is planned.
func (s *search) all(what string) (err error) {
	s.result.Model, s.result.Loss, err = s.measure(what, s.result.Plan)
	return err
}

// measure returns the model as planned, and its loss.
func (s *search) measure(what string, p Plan) (*format.Model, float64, error) {
	if s.Progress != nil {
		s.Progress(what)
	}
	q, err := p.Model(s.model)
	if err != nil {
		return nil, 0, err
	}
	loss, err := s.Loss(q)
	return q, loss, err
}

// exceeds reports whether a loss is too great. NaN is, unless every loss is
// accepted.
func (s *search) exceeds(loss float64) bool {
	return !(loss <= s.MaxLoss) && !math.IsInf(s.MaxLoss, 1)
}

// keep keeps part i in F16.
func (s *search) keep(i int) {
	s.result.Parts[i].Kept, s.result.Parts[i].Balanced = true, false
	s.parts[i].Set(&s.result.Plan, format.DTypeF16)
}

// keepable reports whether part i can go back to F16, and F16 is more exact.
func (s *search) keepable(i int) bool {
	_, fixed := s.Parts[s.parts[i].Name]
	return !fixed && !s.result.Parts[i].Kept && s.DType != format.DTypeF16
}

// worst returns the keepable part with the greatest loss; -1: none is keepable. NaN
// is the greatest.
func (s *search) worst() int {
	worst, greatest := -1, math.Inf(-1)
	for i, part := range s.result.Parts {
		if s.keepable(i) && (part.Loss > greatest || math.IsNaN(part.Loss)) {
			worst, greatest = i, part.Loss
		}
	}
	return worst
}
