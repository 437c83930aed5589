package export

import "github.com/rnnrun/rnnrun/format"

// A layout is an order of the axes of a value's tensor. N is the number of sequences, T
// of steps; F and C are the frames and channels of a step. A value of the sequence has
// one step.
type layout int

const (
	// external is the layout of inputs and outputs: [N][T][F][C], without F if that is
	// 1, and without T for a value of the sequence.
	external layout = iota
	// flat is [T*F][N][C], as recurrent operators read it.
	flat
	// framed is [N][T][F][C].
	framed

	layouts
)

// A value holds the tensors that have a value of the graph of layers.
type value struct {
	format.Value
	tensors [layouts]string // empty: not in that layout yet; all of a constant's are [F][C]
}

func (v *value) constant() bool { return v.Phase < 0 }

// set gives value v its tensor in a layout.
func (w *writer) set(v int, l layout, tensor string) {
	x := &w.values[v]
	x.tensors[l] = tensor
	if x.Frames > 1 && x.EachStep() { // external and framed are the same
		switch l {
		case external:
			x.tensors[framed] = tensor
		case framed:
			x.tensors[external] = tensor
		}
	}
}

// any returns a layout in which the value is, and its tensor there. Channels are the
// last axis of each.
func (w *writer) any(v int) (layout, string) {
	for _, l := range [...]layout{flat, framed, external} {
		if t := w.values[v].tensors[l]; t != "" {
			return l, t
		}
	}
	panic("a value without a tensor")
}

// common returns a layout for several values, and their tensors in it. All but
// framed have one frame.
func (w *writer) common(values []int) (layout, []string) {
	single, somewhere := true, false
	every := [layouts]bool{true, true, true}
	for _, v := range values {
		x := &w.values[v]
		single = single && x.Frames == 1
		if x.constant() {
			continue
		}
		somewhere = somewhere || x.tensors[flat] != ""
		for l, t := range x.tensors {
			every[l] = every[l] && t != ""
		}
	}
	l := framed
	if single && !every[framed] {
		switch {
		case every[flat] || somewhere:
			l = flat
		case every[external]:
			l = external
		}
	}
	if single && every[flat] {
		l = flat
	}
	var tensors []string
	for _, v := range values {
		tensors = append(tensors, w.as(v, l))
	}
	return l, tensors
}

// as returns the value's tensor in a layout.
func (w *writer) as(v int, l layout) string {
	x := &w.values[v]
	if x.tensors[l] != "" {
		return x.tensors[l]
	}
	if x.constant() {
		_, t := w.any(v)
		return t
	}
	var t string
	switch l {
	case flat:
		t = w.toFlat(x)
	case framed:
		t = w.toFramed(x)
	default:
		t = w.toExternal(v, x)
	}
	w.set(v, l, t)
	return t
}

func (w *writer) toFlat(x *value) string {
	t := x.tensors[external]
	if x.Frames > 1 || t == "" || !x.EachStep() {
		t = w.joined(x.tensors[framed], x)
	}
	return w.transpose(t, 1, 0, 2)
}

// joined returns the frames of all steps one after the other, [N][T*F][C], of the
// framed tensor.
func (w *writer) joined(t string, x *value) string {
	if x.Frames == 1 {
		return w.node("Squeeze", []string{t, w.ints(2)})
	}
	return w.reshape(t, 0, -1, int64(x.Channels))
}

// frames returns the frames of all steps one after the other, [N][T*F][C].
func (w *writer) frames(v int) string {
	x := &w.values[v]
	switch {
	case x.Frames == 1 && x.tensors[external] != "" && x.EachStep():
		return x.tensors[external]
	case x.tensors[flat] != "":
		return w.transpose(x.tensors[flat], 1, 0, 2)
	}
	return w.joined(w.as(v, framed), x)
}

// steps is the inverse of joined.
func (w *writer) steps(t string, x *value) string {
	if x.Frames == 1 {
		return w.node("Unsqueeze", []string{t, w.ints(2)})
	}
	return w.reshape(t, 0, -1, int64(x.Frames), int64(x.Channels))
}

func (w *writer) toFramed(x *value) string {
	if t := x.tensors[external]; t != "" { // of one frame, of each step
		return w.steps(t, x)
	}
	return w.steps(w.transpose(x.tensors[flat], 1, 0, 2), x)
}

func (w *writer) toExternal(v int, x *value) string {
	switch {
	case x.Frames == 1 && x.tensors[flat] != "":
		if x.EachStep() {
			return w.transpose(x.tensors[flat], 1, 0, 2)
		}
		return w.node("Squeeze", []string{x.tensors[flat], w.ints(0)})
	case x.EachStep() && x.Frames == 1:
		return w.node("Squeeze", []string{w.as(v, framed), w.ints(2)})
	case x.EachStep():
		return w.as(v, framed)
	case x.Frames == 1:
		return w.node("Squeeze", []string{w.as(v, framed), w.ints(1, 2)})
	}
	return w.node("Squeeze", []string{w.as(v, framed), w.ints(1)})
}
