package keras

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// cellName matches a cell's name in the name of a weight, which some versions
// have.
var cellName = regexp.MustCompile(`^(lstm|gru|simple_rnn)_cell(_[0-9]+)?$`)

// A module holds the weights of a layer by their names in it: "kernel", and
// "backward kernel" in the second direction of a bidirectional layer.
type module struct {
	name   string
	arrays map[string]*array
	order  []string
}

// StateDict returns the weights of an HDF5 file with the shapes and names of
// PyTorch's modules: dense/kernel:0 becomes dense.weight, and so on. A layer of
// two directions is one module. resets are the modules of GRUs that reset before
// the product. Weights of other layers stay as they are in the file.
func StateDict(data []byte) (tensors []statedict.Tensor, resets []string, err error) {
	f, err := hdf5.Open(data)
	if err != nil {
		return nil, nil, err
	}
	root, err := rootOf(f)
	if err != nil {
		return nil, nil, err
	}
	names, _, err := textsOf(root, "layer_names")
	if err != nil {
		return nil, nil, err
	}
	if len(names) == 0 {
		tensors, err = Tensors(data)
		return tensors, nil, err
	}
	for _, name := range names {
		arrays, err := layerArrays(root, name)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range modulesOf(name, arrays) {
			list, before := m.stateDict()
			tensors = append(tensors, list...)
			if before {
				resets = append(resets, m.name)
			}
		}
	}
	return tensors, resets, nil
}

// modulesOf sorts the weights of a layer into those of the modules in it.
func modulesOf(layer string, arrays []*array) []*module {
	var list []*module
	for _, a := range arrays {
		path := strings.Split(a.name, "/")
		kind := lastName(a.name)
		path = path[:len(path)-1]
		if at := slices.Index(path, layer); at >= 0 {
			path = path[at:]
		} else {
			path = append([]string{layer}, path...)
		}
		if n := len(path); n > 1 && cellName.MatchString(path[n-1]) {
			path = path[:n-1]
		}
		if n := len(path); n > 1 {
			if strings.HasPrefix(path[n-1], "forward_") {
				path = path[:n-1]
			} else if strings.HasPrefix(path[n-1], "backward_") {
				path, kind = path[:n-1], "backward "+kind
			}
		}
		name := strings.Join(path, ".")
		i := slices.IndexFunc(list, func(m *module) bool { return m.name == name })
		if i < 0 {
			i = len(list)
			list = append(list, &module{name: name, arrays: map[string]*array{}})
		}
		list[i].arrays[kind] = a
		list[i].order = append(list[i].order, kind)
	}
	return list
}

// stateDict returns the weights as PyTorch has them. before: it is a GRU that resets
// before the product.
func (m *module) stateDict() (tensors []statedict.Tensor, before bool) {
	add := func(name string, data []float32, shape ...int) {
		tensors = append(tensors, statedict.Tensor{Name: m.name + "." + name, DType: "float32", Shape: shape, Data: data})
	}
	taken := map[string]bool{}
	for _, direction := range []string{"", "backward "} {
		kernel, recurrent, bias := m.arrays[direction+"kernel"], m.arrays[direction+"recurrent_kernel"], m.arrays[direction+"bias"]
		p, ok := plainOf(kernel, recurrent, bias)
		if !ok {
			continue
		}
		end := "_l0"
		if direction != "" {
			end = "_l0_reverse"
		}
		rows := len(p.WeightHH) / recurrent.shape[0]
		add("weight_ih"+end, p.WeightIH, rows, kernel.shape[0])
		add("weight_hh"+end, p.WeightHH, rows, recurrent.shape[0])
		if p.BiasIH != nil {
			add("bias_ih"+end, p.BiasIH, rows)
		}
		if p.BiasHH != nil {
			add("bias_hh"+end, p.BiasHH, rows)
		}
		before = before || rows == 3*recurrent.shape[0] && p.BiasIH != nil && p.BiasHH == nil
		for _, kind := range []string{"kernel", "recurrent_kernel", "bias"} {
			taken[direction+kind] = true
		}
	}
	for _, kind := range m.order {
		a := m.arrays[kind]
		switch name := plainNames[kind]; {
		case taken[kind]:
		case kind == "kernel" && len(a.shape) == 2:
			add("weight", transposed(a.data, a.shape[0], a.shape[1]), a.shape[1], a.shape[0])
		case kind == "kernel" && len(a.shape) == 3: // [kernel][inputs][filters]
			k, in, filters := a.shape[0], a.shape[1], a.shape[2]
			data := make([]float32, 0, len(a.data))
			for f := range filters {
				for c := range in {
					for i := range k {
						data = append(data, a.data[(i*in+c)*filters+f])
					}
				}
			}
			add("weight", data, filters, in, k)
		case name != "":
			add(name, a.data, a.shape...)
		default:
			tensors = append(tensors, statedict.Tensor{Name: a.name, DType: a.kind, Shape: a.shape, Data: a.data})
		}
	}
	return tensors, before
}

// plainNames are PyTorch's names of weights that have the same form.
var plainNames = map[string]string{
	"bias": "bias", "embeddings": "weight", "gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var",
}
