package keras

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// An array is a weight of a layer.
type array struct {
	name  string
	shape []int
	kind  string // of its numbers in the file
	data  []float32
}

// A slot is a weight that a layer has.
type slot struct {
	layer    *layer
	name     string // in its layer
	path     string // of it in files of Keras 3, without that of the model
	optional bool   // it is not in all files: it comes last
	frozen   bool   // training does not change it
}

// slots returns the weights of a layer in Keras' order.
func (l *layer) slots(prefix string) []slot {
	if l.model != nil {
		return l.model.slots(prefix + "layers/")
	}
	if l.class == "Bidirectional" {
		return append(l.inner[0].slots(prefix+"forward_layer/"), l.inner[1].slots(prefix+"backward_layer/")...)
	}
	if l.class == "TimeDistributed" {
		return l.inner[0].slots(prefix + "layer/")
	}
	k := classes[l.class]
	if k == nil || k.weights == nil {
		return nil
	}
	var list []slot
	for i, name := range k.weights(l) {
		name, frozen := strings.CutPrefix(name, "-")
		name, optional := strings.CutPrefix(name, "?")
		path := k.cell + "vars/" + itoa(i)
		if k.path != nil {
			path = k.path(l, i)
		}
		list = append(list, slot{l, name, prefix + path, optional, frozen || l.frozen})
	}
	return list
}

// slots returns those of all layers.
func (m *model) slots(prefix string) []slot {
	var list []slot
	used := map[string]int{}
	for _, l := range m.layers {
		name := l.group
		if name == "" {
			name = snakeCase(l.class)
		}
		n, again := used[name]
		if used[name] = n + 1; again {
			name += "_" + itoa(n)
		}
		if m.groupsByName {
			name = l.name
		}
		list = append(list, l.slots(prefix+name+"/")...)
	}
	return list
}

// nameGroups finds out whether the groups of Keras 3 have the names of layers or of
// their classes.
func (m *model) nameGroups(byName bool) {
	m.groupsByName = byName
	for _, l := range m.layers {
		if l.model != nil {
			l.model.nameGroups(byName)
		}
	}
}

// inOrder returns the slots in the order of a layer's weights: those that training
// changes come first.
func inOrder(list []slot) []slot {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b slot) int {
		switch {
		case a.frozen == b.frozen:
			return 0
		case a.frozen:
			return 1
		}
		return -1
	})
	return list
}

// lastNames are the ends of names that tell what a weight is.
var lastNames = []string{"kernel", "recurrent_kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance", "embeddings", "alpha", "depthwise_kernel", "pointwise_kernel"}

// fill gives the weights to the slots of a layer, in their order.
func fill(title string, list []slot, arrays []*array) error {
	arrays = slices.DeleteFunc(slices.Clone(arrays), func(a *array) bool { return strings.Contains(a.name, "seed_generator") })
	if len(list) > 0 && len(arrays) == len(list)-1 && list[len(list)-1].optional {
		list = list[:len(list)-1]
	}
	if len(arrays) > len(list) {
		if joined := keras1(list, arrays); joined != nil {
			arrays = joined
		}
	}
	if len(arrays) != len(list) {
		var names []string
		for _, a := range arrays {
			names = append(names, a.name)
		}
		return network.Refuse(network.ErrShape, title, "the file has %s of it (%s), but its config has %d", message.Count(len(arrays), "weight"), network.Quote(strings.Join(names, ", ")), len(list))
	}
	for i, s := range list {
		a := arrays[i]
		if last := lastName(a.name); slices.Contains(lastNames, last) && last != s.name && slices.Contains(lastNames, s.name) {
			return network.Refuse(network.ErrShape, a.name, "it stands in the place of %q of %s", s.name, s.layer.title())
		}
		if err := s.set(a); err != nil {
			return err
		}
	}
	return nil
}

// set gives the array to the layer.
func (s *slot) set(a *array) error {
	for i, v := range a.data {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return network.Refuse(network.ErrShape, a.name, "number %d of it is %v", i, v)
		}
	}
	if s.layer.arrays == nil {
		s.layer.arrays = map[string]*array{}
	}
	s.layer.arrays[s.name] = a
	return nil
}

// lastName returns the end of a name: "kernel" of "lstm/lstm_cell/kernel:0".
func lastName(name string) string {
	name, _, _ = strings.Cut(name[strings.LastIndexAny(name, "/")+1:], ":")
	return name
}

// keras1 joins the weights of the gates, which Keras 1 stores one by one: W_i, U_i,
// b_i, W_c, … for an LSTM, W_z, U_z, b_z, W_r, … for a GRU. nil: they are others.
func keras1(list []slot, arrays []*array) []*array {
	var joined []*array
	for i := 0; i < len(list); {
		l := list[i].layer
		n := 1
		for i+n < len(list) && list[i+n].layer == l {
			n++
		}
		i += n
		order := map[string]string{"LSTM": "ifco", "GRU": "zrh"}[l.class]
		if order == "" || n != 3 {
			if n > len(arrays) {
				return nil
			}
			joined, arrays = append(joined, arrays[:n]...), arrays[n:]
			continue
		}
		if 3*len(order) > len(arrays) {
			return nil
		}
		parts := gates1(order, arrays[:3*len(order)])
		if parts == nil {
			return nil
		}
		joined, arrays = append(joined, parts...), arrays[3*len(order):]
	}
	return append(joined, arrays...)
}

// gates1 joins the weights of one layer's gates.
func gates1(order string, arrays []*array) []*array {
	var joined []*array
	for k, part := range []string{"W", "U", "b"} {
		var parts []*array
		for _, gate := range order {
			i := slices.IndexFunc(arrays, func(a *array) bool { return strings.HasSuffix(lastName(a.name), part+"_"+string(gate)) })
			if i < 0 || len(arrays[i].shape) != 2-k/2 {
				return nil
			}
			parts = append(parts, arrays[i])
		}
		a := concat(parts)
		if a == nil {
			return nil
		}
		joined = append(joined, a)
	}
	return joined
}

// concat joins arrays of one shape along their last axis.
func concat(parts []*array) *array {
	rows := 1
	columns := parts[0].shape[len(parts[0].shape)-1]
	if len(parts[0].shape) == 2 {
		rows = parts[0].shape[0]
	}
	a := &array{name: parts[0].name, shape: slices.Clone(parts[0].shape)}
	a.shape[len(a.shape)-1] = columns * len(parts)
	for r := range rows {
		for _, p := range parts {
			if !slices.Equal(p.shape, parts[0].shape) {
				return nil
			}
			a.data = append(a.data, p.data[r*columns:][:columns]...)
		}
	}
	return a
}

// floats returns the numbers; none for nil.
func (a *array) floats() []float32 {
	if a == nil {
		return nil
	}
	return a.data
}

// weight returns a weight of the layer, which has that shape. 0 is any size.
func (l *layer) weight(name string, shape ...int) (*array, error) {
	a := l.arrays[name]
	if a == nil {
		return nil, network.Refuse(network.ErrShape, l.title(), "the file lacks its weight %q", name)
	}
	ok := len(a.shape) == len(shape)
	for i := 0; ok && i < len(shape); i++ {
		ok = a.shape[i] == shape[i] || shape[i] == 0
	}
	if !ok {
		return nil, network.Refuse(network.ErrShape, a.name, "its shape is %v, want %v of %s", a.shape, shape, l.title())
	}
	return a, nil
}

// vector returns a weight of that many numbers, or nil if the layer has none.
func (l *layer) vector(name string, has bool, n int) ([]float32, error) {
	if !has {
		return nil, nil
	}
	a, err := l.weight(name, n)
	if err != nil {
		return nil, err
	}
	return a.data, nil
}
