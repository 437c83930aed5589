package statedict

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// PyTorch can store a weight in parts, from which each forward() computes it:
//
//	weight_g, weight_v                                     torch.nn.utils.weight_norm
//	parametrizations.weight.original0, ….original1         torch.nn.utils.parametrizations.weight_norm
//	weight_orig, weight_mask                               torch.nn.utils.prune
//	weight_hh_l0_raw, and module.weight_hh_l0 before dropout  the weight drop of AWD-LSTM
//
// weight_norm is w = g v / |v|, with a norm for each row if g has one number for
// each; T. Salimans, D. P. Kingma, "Weight Normalization", 2016.
var (
	originalName = regexp.MustCompile(`^(?:(.*)\.)?parametrizations\.([^.]+)\.(.+)$`)
	spectralName = regexp.MustCompile(`^(.*)_orig$`)
	rawName      = regexp.MustCompile(`^(?:(.*)\.)?(weight_(?:ih|hh)_l\d{1,4}(?:_reverse)?)_raw$`)
)

// A reparametrization computes the weights of a state_dict that are stored in
// parts.
type reparametrization struct {
	tensors map[string]*Tensor // of the file, by name
	notes   []string           // notes about what was left out, and why
}

// compute returns the tensors, with the weights that are stored in parts
// computed from them, and notes what it left out.
func compute(tensors []Tensor) (computed []Tensor, notes []string, err error) {
	r := &reparametrization{tensors: make(map[string]*Tensor, len(tensors))}
	for i := range tensors {
		r.tensors[tensors[i].Name] = &tensors[i]
	}
	replaced := map[string]bool{}
	for i := range tensors {
		t := &tensors[i]
		if raw := r.raw(t); raw != "" {
			replaced[raw] = true
		}
		if v := r.directions(t); v != nil {
			replaced[v.Name] = true
		}
		if mask := r.mask(t); mask != nil {
			replaced[mask.Name] = true
		}
	}
	for i := range tensors {
		if t := &tensors[i]; !replaced[t.Name] {
			w, err := r.weight(t)
			if err != nil {
				return nil, nil, err
			}
			computed = append(computed, w...)
		}
	}
	return computed, r.notes, nil
}

// weight returns the weight whose first part is t, nothing if t is another part,
// or t itself.
func (r *reparametrization) weight(t *Tensor) ([]Tensor, error) {
	one := func(w Tensor, err error) ([]Tensor, error) { return []Tensor{w}, err }
	if s := originalName.FindStringSubmatch(t.Name); s != nil {
		prefix := strings.TrimSuffix(t.Name, s[3])
		g, v := r.tensors[prefix+"original0"], r.tensors[prefix+"original1"]
		switch {
		case g == nil || v == nil || t != g && t != v:
			return nil, network.Refuse(network.ErrUnsupported, t.Name, "weight_norm is the only parametrization that is read: "+
				"call torch.nn.utils.parametrize.remove_parametrizations(module, %q) before you save the state_dict", s[2])
		case t == v:
			return nil, nil
		}
		return one(weightNorm(join(s[1], s[2]), g, v))
	}
	if s := spectralName.FindStringSubmatch(t.Name); s != nil && r.tensors[s[1]+"_u"] != nil {
		return nil, network.Refuse(network.ErrUnsupported, t.Name, "spectral_norm is not read: call torch.nn.utils.remove_spectral_norm(module) before you save the state_dict")
	}
	if mask := r.mask(t); mask != nil {
		return one(masked(strings.TrimSuffix(t.Name, "_orig"), t, mask))
	}
	if v := r.directions(t); v != nil {
		return one(weightNorm(strings.TrimSuffix(t.Name, "_g"), t, v))
	}
	if name := r.raw(t); name != "" {
		if r.tensors[name] != nil {
			r.notes = append(r.notes, network.Quote(name)+" is left out: it is "+network.Quote(t.Name)+" after dropout")
		}
		w := *t
		w.Name = name
		return one(w, nil)
	}
	return one(*t, nil)
}

// directions returns the directions of the weight whose magnitudes are t, or
// nil.
func (r *reparametrization) directions(t *Tensor) *Tensor {
	if name, ok := strings.CutSuffix(t.Name, "_g"); ok {
		return r.tensors[name+"_v"]
	}
	return nil
}

// mask returns the mask of the pruned weight if t is that weight before
// pruning, or nil.
func (r *reparametrization) mask(t *Tensor) *Tensor {
	if name, ok := strings.CutSuffix(t.Name, "_orig"); ok {
		return r.tensors[name+"_mask"]
	}
	return nil
}

// masked returns the weight of that name, with only the numbers that a mask
// keeps.
func masked(name string, t, mask *Tensor) (Tensor, error) {
	if t.Data == nil || mask.Data == nil || !slices.Equal(t.Shape, mask.Shape) {
		return Tensor{}, network.Refuse(network.ErrShape, mask.Name, "its shape is %s of type %s, but the mask of a pruned weight has the shape %s", mask.shape(), mask.DType, t.shape())
	}
	w := *t
	w.Name, w.Data = name, make([]float32, len(t.Data))
	for i, v := range t.Data {
		w.Data[i] = v * mask.Data[i]
	}
	return w, nil
}

// raw returns the name of the weight if t is that weight before dropout, or "".
func (r *reparametrization) raw(t *Tensor) string {
	s := rawName.FindStringSubmatch(t.Name)
	if s == nil {
		return ""
	}
	// fast.ai keeps the weight beside its module, and a copy after dropout inside
	// it.
	inner := join(s[1], "module")
	if r.tensors[join(inner, strings.Replace(s[2], "_hh_", "_ih_", 1))] != nil {
		return join(inner, s[2])
	}
	return join(s[1], s[2])
}

// join returns the full name of a part of a module.
func join(module, part string) string {
	if module == "" {
		return part
	}
	return module + "." + part
}

// weightNorm returns the weight of that name with the magnitudes g and the
// directions v.
func weightNorm(name string, g, v *Tensor) (Tensor, error) {
	n := len(v.Data)
	if n == 0 || len(v.Shape) == 0 || len(g.Data) == 0 {
		return Tensor{}, network.Refuse(network.ErrShape, v.Name, "its shape is %s of type %s, want that of the directions of weight_norm", v.shape(), v.DType)
	}
	// A norm is over all numbers with the same index of the dimensions that g has.
	if len(g.Shape) > 0 && len(g.Shape) != len(v.Shape) {
		return Tensor{}, network.Refuse(network.ErrShape, g.Name, "its shape is %s, but weight_norm of %s needs as many dimensions", g.shape(), v.shape())
	}
	strides := make([]int, len(v.Shape)) // of g
	stride := 1
	for d := len(g.Shape) - 1; d >= 0; d-- {
		switch g.Shape[d] {
		case 1:
		case v.Shape[d]:
			strides[d] = stride
		default:
			return Tensor{}, network.Refuse(network.ErrShape, g.Name, "its shape is %s, but weight_norm of %s needs 1 or the same size in each dimension", g.shape(), v.shape())
		}
		stride *= g.Shape[d]
	}
	group := func(i int) int { // where element i of v has its magnitude
		at := 0
		for d := len(v.Shape) - 1; d >= 0; d-- {
			at += i % v.Shape[d] * strides[d]
			i /= v.Shape[d]
		}
		return at
	}
	squares := make([]float64, len(g.Data))
	for i, x := range v.Data {
		squares[group(i)] += float64(x) * float64(x)
	}
	w := Tensor{Name: name, DType: v.DType, Shape: v.Shape, Data: make([]float32, n)}
	for i, x := range v.Data {
		at := group(i)
		w.Data[i] = float32(float64(g.Data[at]) * float64(x) / math.Sqrt(squares[at]))
	}
	return w, nil
}
