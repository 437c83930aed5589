package statedict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// A Tensor is a named array of a state_dict.
type Tensor struct {
	Name  string
	DType string    // as its file calls it: "F32", "torch.LongStorage", "<f4"
	Shape []int     // none: a single number
	Data  []float32 // row-major; nil if the elements are not floating-point numbers
}

// shape returns the shape as in "[4 3]".
func (t *Tensor) shape() string { return fmt.Sprint(t.Shape) }

// Numbers returns the number of elements of a shape, or false if it has a
// negative size or more than most elements.
func Numbers(shape []int, most int64) (int64, bool) {
	if slices.ContainsFunc(shape, func(d int) bool { return d < 0 }) {
		return 0, false
	}
	if slices.Contains(shape, 0) {
		return 0, true
	}
	n := int64(1)
	for _, d := range shape {
		if n > most/int64(d) {
			return 0, false
		}
		n *= int64(d)
	}
	return n, n <= most
}

// names lists the tensors' names, the first few of many.
func names(tensors []*Tensor) string {
	const most = 12
	var list []string
	for i, t := range tensors {
		if i == most {
			list = append(list, fmt.Sprintf("and %d more", len(tensors)-most))
			break
		}
		list = append(list, network.Quote(t.Name))
	}
	return strings.Join(list, ", ")
}
