package statedict

import (
	"maps"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// An Edit computes a tensor from tensors of the file. It applies its fields in
// their order.
type Edit struct {
	// From names a tensor of the file, or one that another Edit makes. If there are
	// several, the fields up to Columns apply to each, and the results are joined
	// along their first axis.
	From Names `json:"from"`
	// Range takes the numbers [from, to), in the order of the file.
	Range []int `json:"range,omitempty"`
	// Shape gives the numbers another shape. One size may be -1: it follows from the
	// others.
	Shape []int `json:"shape,omitempty"`
	// Transpose puts the axes in another order, such as [1, 0] for a matrix that
	// has its inputs first.
	Transpose []int `json:"transpose,omitempty"`
	// Rows takes rows [from, to) of the first axis, Columns those of the last one.
	Rows    []int `json:"rows,omitempty"`
	Columns []int `json:"columns,omitempty"`
	// Gates are the letters of the blocks of the first axis in the order of the
	// file, such as "zrh"; the blocks are put in PyTorch's order, ifgo or rzn.
	// The candidate may be called h in a GRU, and c in an LSTM, as in Keras.
	Gates string `json:"gates,omitempty"`
	// Forget is added to the rows of the gate f, for a framework that adds it to
	// the bias at run time, as TensorFlow 1 does.
	Forget float64 `json:"forget,omitempty"`
	// Scale multiplies all numbers. 0: they stay as they are.
	Scale float64 `json:"scale,omitempty"`
}

// edit adds the tensors that the architecture computes, and leaves out those that
// they come from.
func (a *Architecture) edit(tensors []Tensor) ([]Tensor, error) {
	if len(a.Tensors) == 0 {
		return tensors, nil
	}
	e := editor{edits: a.Tensors, file: make(map[string]*Tensor, len(tensors)), read: map[string]bool{}, made: map[string]*Tensor{}, between: map[string]bool{}}
	for i := range tensors {
		e.file[tensors[i].Name] = &tensors[i]
	}
	order := slices.Sorted(maps.Keys(a.Tensors))
	for _, name := range order {
		if _, err := e.make(name); err != nil {
			return nil, err
		}
	}
	var list []Tensor
	for _, t := range tensors {
		if e.read[t.Name] {
			continue
		}
		if _, again := a.Tensors[t.Name]; again {
			return nil, network.Refuse(network.ErrArchitecture, t.Name, `"tensors" makes it, but the file has a tensor of this name from which no tensor is made`)
		}
		list = append(list, t)
	}
	for _, name := range order {
		if t := e.made[name]; !e.between[name] {
			list = append(list, *t)
		}
	}
	return list, nil
}

// An editor makes the tensors that an architecture computes.
type editor struct {
	edits   map[string]Edit
	file    map[string]*Tensor
	read    map[string]bool    // tensors of the file
	made    map[string]*Tensor // nil: it is being made
	between map[string]bool    // made tensors that others are made from
}

// make returns the tensor that the edit of that name makes.
func (e *editor) make(name string) (*Tensor, error) {
	if t, begun := e.made[name]; begun {
		if t == nil {
			return nil, network.Refuse(network.ErrArchitecture, name, "it would be made from itself")
		}
		return t, nil
	}
	e.made[name] = nil
	edit := e.edits[name]
	var pieces []Tensor
	for _, from := range edit.From {
		t, err := e.source(name, from)
		if err != nil {
			return nil, err
		}
		piece, err := edit.piece(*t)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, piece)
	}
	t, err := edit.whole(name, pieces)
	if err != nil {
		return nil, err
	}
	e.made[name] = &t
	return &t, nil
}

// source returns a tensor that an edit names in From: one that another edit makes,
// or one of the file.
func (e *editor) source(name, from string) (*Tensor, error) {
	if _, made := e.edits[from]; made && from != name {
		e.between[from] = true
		return e.make(from)
	}
	t := e.file[from]
	if t == nil {
		return nil, network.Refuse(network.ErrArchitecture, name, "the file has no tensor %s%s", network.Quote(from), suggestTensor(from, e.file))
	}
	e.read[from] = true
	return t, nil
}

// suggestTensor returns which tensor is likely meant by a name.
func suggestTensor(name string, tensors map[string]*Tensor) string {
	return message.Suggestion(name, slices.Sorted(maps.Keys(tensors)))
}

// piece returns what the edit takes of one tensor of the file.
func (e *Edit) piece(t Tensor) (Tensor, error) {
	refuse := func(format string, args ...any) (Tensor, error) {
		return t, network.Refuse(network.ErrArchitecture, t.Name, format, args...)
	}
	if t.Data == nil {
		return refuse("its elements are of type %s, want numbers", t.DType)
	}
	if e.Range != nil {
		if !inside(e.Range, len(t.Data)) {
			return refuse("it has %s, and no range %v", message.Count(len(t.Data), "number"), e.Range)
		}
		t.Data = t.Data[e.Range[0]:e.Range[1]]
		t.Shape = []int{len(t.Data)}
	}
	if e.Shape != nil {
		shape := filled(e.Shape, len(t.Data))
		if n, ok := Numbers(shape, int64(len(t.Data))); !ok || n != int64(len(t.Data)) {
			return refuse("its shape is %s, which is not %v", t.shape(), e.Shape)
		}
		t.Shape = shape
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
		if len(t.Shape) == 0 || !inside(e.Rows, t.Shape[0]) {
			return refuse("its shape is %s, which has no rows %v", t.shape(), e.Rows)
		}
		width := len(t.Data) / t.Shape[0]
		t.Data = t.Data[e.Rows[0]*width : e.Rows[1]*width]
		t.Shape = append([]int{e.Rows[1] - e.Rows[0]}, t.Shape[1:]...)
	}
	if e.Columns != nil {
		if len(t.Shape) == 0 || !inside(e.Columns, t.Shape[len(t.Shape)-1]) {
			return refuse("its shape is %s, which has no columns %v", t.shape(), e.Columns)
		}
		t = columns(t, e.Columns[0], e.Columns[1])
	}
	return t, nil
}

// filled returns a copy of a shape of n numbers in which a size of -1, if there is
// one, is replaced by the size that follows from the others.
func filled(shape []int, n int) []int {
	shape = slices.Clone(shape)
	open := slices.Index(shape, -1)
	if open < 0 {
		return shape
	}
	shape[open] = 1
	if others, ok := Numbers(shape, int64(n)); ok && others > 0 {
		shape[open] = n / int(others)
	}
	return shape
}

// inside reports whether r is a range [from, to) of n things, and not empty.
func inside(r []int, n int) bool {
	return len(r) == 2 && 0 <= r[0] && r[0] < r[1] && r[1] <= n
}

// whole returns the tensor that the edit makes from the pieces.
func (e *Edit) whole(name string, pieces []Tensor) (Tensor, error) {
	refuse := func(format string, args ...any) (Tensor, error) {
		return Tensor{}, network.Refuse(network.ErrArchitecture, name, format, args...)
	}
	if len(pieces) == 0 {
		return refuse(`"from" names no tensor of the file`)
	}
	t := pieces[0]
	t.Name = name
	for _, piece := range pieces[1:] {
		if len(t.Shape) == 0 || len(piece.Shape) != len(t.Shape) || !slices.Equal(piece.Shape[1:], t.Shape[1:]) {
			return refuse("%s of shape %s cannot be joined to %s of shape %s, which differs beyond its first axis",
				network.Quote(piece.Name), piece.shape(), network.Quote(pieces[0].Name), pieces[0].shape())
		}
		t.Shape = append([]int{t.Shape[0] + piece.Shape[0]}, t.Shape[1:]...)
		t.Data = slices.Concat(t.Data, piece.Data)
	}
	if e.Gates != "" {
		order := gateOrder(e.Gates)
		if order == nil {
			return refuse(`the gates %s are neither those of an LSTM, i f g o, nor those of a GRU, r z n`, network.Quote(e.Gates))
		}
		if len(t.Shape) == 0 || t.Shape[0]%len(order) != 0 {
			return refuse("its shape is %s, whose rows are not those of %d gates", t.shape(), len(order))
		}
		t = reorder(t, order)
	}
	if e.Forget != 0 {
		if len(gateOrder(e.Gates)) != 4 || len(t.Shape) != 1 {
			return refuse(`"forget" needs the bias of an LSTM, with "gates"; its shape is %s`, t.shape())
		}
		t.Data = slices.Clone(t.Data)
		units := len(t.Data) / 4
		for i := units; i < 2*units; i++ {
			t.Data[i] += float32(e.Forget)
		}
	}
	if e.Scale != 0 {
		t.Data = slices.Clone(t.Data)
		for i, v := range t.Data {
			t.Data[i] = float32(float64(v) * e.Scale)
		}
	}
	return t, nil
}

// gateOrder returns the file's block for each gate in PyTorch's order; nil: they
// are not the gates of a cell.
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
