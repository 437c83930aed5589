package trainer

import "github.com/rnnrun/rnnrun/kernels"

// An Optimizer turns gradients into updates of the weights.
type Optimizer interface {
	// update updates w by its gradient g at learning rate lr. w is the numbers
	// from … from+len(w) of parameter i, and copies, unless nil, the same part
	// of parameter.copies. step counts from 1.
	update(i, from int, w, g, copies []float32, lr float64, step int)
	// reset sets the optimizer's state to zeros for the parameters, and the
	// kernels to run on.
	reset(parameters []parameter, set *kernels.Set)
	// moments lists the optimizer's state.
	moments() []moment
	// String returns the name of the optimizer and its parameters.
	String() string
}

// A moment is an optimizer's memory of the gradients: an array for every
// parameter.
type moment struct {
	name   string
	values [][]float32
}

func copiesOf(copies []float32, k int) float32 {
	if copies == nil {
		return 1
	}
	return copies[k]
}

func or(v, usual float64) float64 {
	if v == 0 {
		return usual
	}
	return v
}

// like returns arrays of zeros of the parameters' sizes.
func like(parameters []parameter) [][]float32 {
	s := make([][]float32, len(parameters))
	for i, p := range parameters {
		s[i] = make([]float32, len(p.data))
	}
	return s
}
