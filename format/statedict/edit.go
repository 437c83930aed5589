package statedict

import (
	"maps"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// An Edit computes a tensor from one of the file, in the order of the fields.
type Edit struct {
	From string `json:"from"`
	// Shape gives the numbers another shape.
	Shape []int `json:"shape,omitempty"`
	// Transpose puts the axes in another order, such as [1, 0] for a matrix that
	// has its inputs first.
	Transpose []int `json:"transpose,omitempty"`
	// Rows takes rows [from, to) of the first axis.
	Rows []int `json:"rows,omitempty"`
	// Gates are the letters of the blocks of the first axis as they lie in the
	// file, such as "zrh"; they are put in PyTorch's order, ifgo or rzn. A Keras
	// GRU's candidate may be called h, and an LSTM's g c.
	Gates string `json:"gates,omitempty"`
	// Scale multiplies all numbers. 0: they stay.
	Scale float64 `json:"scale,omitempty"`
}

// edit adds the tensors that the architecture computes, and leaves out those of the
// file that they come from.
func (a *Architecture) edit(tensors []Tensor) ([]Tensor, error) {
	if len(a.Tensors) == 0 {
		return tensors, nil
	}
	used := map[string]bool{}
	var made []Tensor
	for _, name := range slices.Sorted(maps.Keys(a.Tensors)) {
		e := a.Tensors[name]
		i := slices.IndexFunc(tensors, func(t Tensor) bool { return t.Name == e.From })
		if i < 0 {
			return nil, network.Refuse(network.ErrArchitecture, name, "the file has no tensor %s", network.Quote(e.From))
		}
		used[e.From] = true
		t, err := e.apply(tensors[i])
		if err != nil {
			return nil, err
		}
		t.Name = name
		made = append(made, t)
	}
	var list []Tensor
	for _, t := range tensors {
		_, again := a.Tensors[t.Name]
		if !used[t.Name] && !again {
			list = append(list, t)
		}
	}
	return append(list, made...), nil
}

// apply returns the tensor that the edit makes of one.
func (e *Edit) apply(t Tensor) (Tensor, error) {
	refuse := func(format string, args ...any) (Tensor, error) {
		return t, network.Refuse(network.ErrArchitecture, t.Name, format, args...)
	}
	if t.Data == nil {
		return refuse("its elements are of type %s, but numbers are due", t.DType)
	}
	if e.Shape != nil {
		if n, ok := Numbers(e.Shape, int64(len(t.Data))); !ok || n != int64(len(t.Data)) {
			return refuse("its shape is %s, which is not %v", t.shape(), e.Shape)
		}
		t.Shape = slices.Clone(e.Shape)
	}
	if e.Transpose != nil {
		axes := slices.Clone(e.Transpose)
		slices.Sort(axes)
		for i, axis := range axes {
			if len(axes) != len(t.Shape) || axis != i {
				return refuse("its shape is %s, whose axes cannot be put in the order %v", t.shape(), e.Transpose)
			}
		}
		t = transpose(t, e.Transpose)
	}
	if e.Rows != nil {
		if len(e.Rows) != 2 || len(t.Shape) == 0 || e.Rows[0] < 0 || e.Rows[0] >= e.Rows[1] || e.Rows[1] > t.Shape[0] {
			return refuse("its shape is %s, which has no rows %v", t.shape(), e.Rows)
		}
		width := len(t.Data) / t.Shape[0]
		t.Data = t.Data[e.Rows[0]*width : e.Rows[1]*width]
		t.Shape = append([]int{e.Rows[1] - e.Rows[0]}, t.Shape[1:]...)
	}
	if e.Gates != "" {
		order := gateOrder(e.Gates)
		if order == nil {
			return refuse(`the gates %s are neither those of an LSTM, i f g o, nor those of a GRU, r z n`, network.Quote(e.Gates))
		}
		if len(t.Shape) == 0 || t.Shape[0]%len(order) != 0 {
			return refuse("its shape is %s, whose rows are not those of %d gates", t.shape(), len(order))
		}
		block := len(t.Data) / len(order)
		data := make([]float32, 0, len(t.Data))
		for _, from := range order {
			data = append(data, t.Data[from*block:][:block]...)
		}
		t.Data = data
	}
	if e.Scale != 0 {
		data := make([]float32, len(t.Data))
		for i, v := range t.Data {
			data[i] = float32(float64(v) * e.Scale)
		}
		t.Data = data
	}
	return t, nil
}

// gateOrder returns of each gate in PyTorch's order which block of the file it is;
// nil: they are no gates.
func gateOrder(letters string) []int {
	letters = strings.NewReplacer("h", "n", "c", "g").Replace(strings.ToLower(letters))
	for _, want := range []string{"ifgo", "rzn"} {
		var order []int
		for _, gate := range want {
			if strings.Count(letters, string(gate)) == 1 {
				order = append(order, strings.IndexRune(letters, gate))
			}
		}
		if len(order) == len(want) && len(letters) == len(want) {
			return order
		}
	}
	return nil
}

// transpose returns a tensor with its axes in that order.
func transpose(t Tensor, axes []int) Tensor {
	strides := make([]int, len(t.Shape))
	for i, n := len(t.Shape)-1, 1; i >= 0; i-- {
		strides[i] = n
		n *= t.Shape[i]
	}
	to := Tensor{Name: t.Name, DType: t.DType, Data: make([]float32, 0, len(t.Data))}
	for _, axis := range axes {
		to.Shape = append(to.Shape, t.Shape[axis])
	}
	var walk func(axis, at int)
	walk = func(axis, at int) {
		if axis == len(axes) {
			to.Data = append(to.Data, t.Data[at])
			return
		}
		for i := range to.Shape[axis] {
			walk(axis+1, at+i*strides[axes[axis]])
		}
	}
	walk(0, 0)
	return to
}
