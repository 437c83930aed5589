package keras

import (
	"encoding/binary"
	"io/fs"
	"math"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/regularfile"
)

// MatchTFJS reports whether data is the model.json of TensorFlow.js' layers models.
func MatchTFJS(data []byte) bool {
	o, err := parse("", data)
	return err == nil && o["modelTopology"] != nil && o["weightsManifest"] != nil && o["format"] != "graph-model"
}

// ReadTFJS reads the model.json of a layers model, and the shards of weights that
// it names in a folder.
func ReadTFJS(data []byte, folder fs.FS, options Options) (*network.Network, error) {
	o, err := parse("model.json", data)
	if err != nil {
		return nil, err
	}
	topology, ok := o["modelTopology"].(object)
	if !ok {
		return nil, network.Refuse(network.ErrDamaged, "modelTopology", "it is not an object")
	}
	version := 2 // TensorFlow.js computes so, whichever Keras trained it
	config := topology
	if c, ok := topology["model_config"].(object); ok {
		config = c
	}
	arrays, err := manifest(o["weightsManifest"], folder)
	if err != nil {
		return nil, err
	}
	return modelOf(config, version, options, func(m *model) error { return fillManifest(m, arrays) })
}

// fillManifest fills in weights by the names of their layers, or else by their order.
func fillManifest(m *model, arrays []*array) error {
	byLayer := map[*layer][]*array{}
	count, named := 0, true
	for _, l := range m.layers {
		prefix := l.name + "/"
		for _, a := range arrays {
			if strings.HasPrefix(a.name, prefix) {
				byLayer[l] = append(byLayer[l], a)
				count++
			}
		}
		named = named && len(byLayer[l]) == len(l.slots(""))
	}
	if !named || count != len(arrays) {
		return fill(m.title, inOrder(m.slots("")), arrays)
	}
	for _, l := range m.layers {
		if err := fill(l.title(), inOrder(l.slots("")), byLayer[l]); err != nil {
			return err
		}
	}
	return nil
}

// manifest reads the weights of a weightsManifest.
func manifest(v any, folder fs.FS) ([]*array, error) {
	groups, ok := v.([]any)
	var all []*array
	read := map[string]bool{}
	for _, v := range groups {
		g, isObject := v.(object)
		paths, isList := g["paths"].([]any)
		weights, areWeights := g["weights"].([]any)
		if ok = ok && isObject && isList && areWeights; !ok {
			break
		}
		var data []byte
		for _, p := range paths {
			path, _ := p.(string)
			if read[path] {
				return nil, network.Refuse(network.ErrDamaged, path, "the model has these weights twice")
			}
			read[path] = true
			b, err := shard(folder, path)
			if err != nil {
				return nil, err
			}
			if len(paths) == 1 {
				data = b
				break
			}
			data = append(data, b...)
		}
		for _, w := range weights {
			spec, _ := w.(object)
			a, rest, err := weightOf(spec, data)
			if err != nil {
				return nil, err
			}
			all, data = append(all, a), rest
		}
		if len(data) > 0 {
			return nil, network.Refuse(network.ErrDamaged, "weightsManifest", "%s left of the weights", message.Count(len(data), "byte"))
		}
	}
	if !ok {
		return nil, network.Refuse(network.ErrDamaged, "weightsManifest", "it is not a list of groups of paths and weights")
	}
	return all, nil
}

// shard reads a file of weights beside the model. It refuses a pipe, whose
// reading may take for ever.
func shard(folder fs.FS, path string) ([]byte, error) {
	if !fs.ValidPath(path) || strings.Contains(path, "\\") {
		return nil, network.Refuse(network.ErrUnsupported, path, "it is not the path of a file beside the model")
	}
	b, err := regularfile.ReadFile(folder, path)
	if err != nil {
		return nil, network.Refuse(network.ErrDamaged, path, "the model's weights cannot be read: %v; copy the file beside the model's", err)
	}
	return b, nil
}

// weightOf reads a weight from the start of data, and returns the rest.
func weightOf(spec object, data []byte) (*array, []byte, error) {
	name, ok := spec["name"].(string)
	shape, isShape := shapeOf(spec["shape"])
	dtype, isType := spec["dtype"].(string)
	if !ok || !isShape || !isType {
		return nil, nil, network.Refuse(network.ErrDamaged, "weightsManifest", "a weight without a name, a shape or a dtype")
	}
	a := &array{name: cut(name), shape: shape, kind: dtype}
	scale, minimum, linear := 1.0, 0.0, false
	if q, ok := spec["quantization"].(object); ok {
		dtype, _ = q["dtype"].(string)
		if dtype != "float16" {
			s, ok1 := q["scale"].(float64)
			m, ok2 := q["min"].(float64)
			if !ok1 || !ok2 || dtype != "uint8" && dtype != "uint16" {
				return nil, nil, network.Refuse(network.ErrUnsupported, a.name, "the quantization %s", short(q))
			}
			scale, minimum, linear = s, m, true
		}
	}
	size := map[string]int{"float32": 4, "int32": 4, "float16": 2, "uint16": 2, "uint8": 1}[dtype]
	if size == 0 {
		return nil, nil, network.Refuse(network.ErrUnsupported, a.name, "numbers of the type %s", network.Quote(dtype))
	}
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > len(data)/d {
			return nil, nil, network.Refuse(network.ErrDamaged, a.name, "the shape %v, but %s of weights left", shape, message.Count(len(data), "byte"))
		}
		n *= d
	}
	if n*size > len(data) {
		return nil, nil, network.Refuse(network.ErrDamaged, a.name, "the shape %v, but %s of weights left", shape, message.Count(len(data), "byte"))
	}
	a.data = make([]float32, n)
	for i := range a.data {
		b := data[i*size:]
		v := 0.0
		switch dtype {
		case "float32":
			a.data[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
			continue
		case "float16":
			a.data[i] = binary16.Value(binary.LittleEndian.Uint16(b))
			continue
		case "int32":
			v = float64(int32(binary.LittleEndian.Uint32(b)))
		case "uint16":
			v = float64(binary.LittleEndian.Uint16(b))
		case "uint8":
			v = float64(b[0])
		}
		if linear {
			v = float64(v*scale) + minimum
		}
		a.data[i] = float32(v)
	}
	return a, data[n*size:], nil
}
