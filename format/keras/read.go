package keras

import (
	"errors"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/ziparchive"
)

// ErrWeightsAlone: the file has weights, but not which layers there are.
var ErrWeightsAlone = errors.New("the file has weights, but not the model's layers")

// Options give what a file may not tell.
type Options struct {
	Config []byte          // the JSON of the model, for HDF5 weights alone; nil: there is none
	Steps  int             // of inputs that are of any length; 0: it stays open
	Report *network.Report // the report of what becomes of each layer; may be nil
}

// The members of a .keras file.
const (
	memberConfig   = "config.json"
	memberMetadata = "metadata.json"
	memberWeights  = "model.weights.h5"
)

// MatchMember reports whether a ZIP archive with a member of that name is a .keras
// file.
func MatchMember(name string) bool { return name == memberWeights }

// MatchConfig reports whether data is the JSON of a model of Keras, as model.to_json
// gives it.
func MatchConfig(data []byte) bool {
	o, err := parse("", data)
	return err == nil && o["class_name"] != nil && o["config"] != nil
}

// Read reads an HDF5 file. If the file has only weights and there is no config,
// the error wraps [ErrWeightsAlone]. The errors are [*network.ImportError]s or
// [*hdf5.Error]s.
func Read(data []byte, options Options) (*network.Network, error) {
	config := options.Config
	f, err := hdf5.Open(data)
	if err != nil {
		return nil, err
	}
	texts, whole, err := f.Root().Text("model_config")
	if err != nil {
		return nil, err
	}
	version, err := versionOf(f.Root())
	if err != nil {
		return nil, err
	}
	backend, _, err := f.Root().Text("backend")
	if err != nil {
		return nil, err
	}
	root, err := rootOf(f)
	if err != nil {
		return nil, err
	}
	if whole && len(texts) == 1 {
		config = []byte(texts[0])
	}
	if config == nil {
		o, err := textgenrnn(root)
		if err != nil {
			return nil, err
		}
		if o == nil {
			return nil, ErrWeightsAlone
		}
		return modelOf(o, 2, options, weightsOf(root))
	}
	o, err := parse("model_config", config)
	if err != nil {
		return nil, err
	}
	if v, ok := o["keras_version"].(string); ok && version == 0 {
		version = major(v)
	}
	if version == 0 && root != f.Root() {
		if version, err = versionOf(root); err != nil {
			return nil, err
		}
	}
	if len(backend) == 1 && o["backend"] == nil {
		o["backend"] = backend[0]
	}
	return modelOf(o, version, options, weightsOf(root))
}

// rootOf returns the group that has the layers' weights.
func rootOf(f *hdf5.File) (*hdf5.Object, error) {
	const whole = "model_weights" // of a whole model
	if ok, err := f.Root().Has(whole); err != nil || !ok {
		return f.Root(), err
	}
	return f.Root().Open(whole)
}

// versionOf returns the version of Keras that an object names, or 0.
func versionOf(o *hdf5.Object) (int, error) {
	texts, _, err := o.Text("keras_version")
	if err != nil || len(texts) != 1 {
		return 0, err
	}
	return major(texts[0]), nil
}

// major returns the first number of a version; 0: it is not a version.
func major(version string) int {
	first, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}

// modelOf makes the network of a model's JSON, with weights that are filled in.
func modelOf(o object, version int, options Options, fill func(m *model) error) (*network.Network, error) {
	if version == 0 {
		version = 2
		if o["module"] != nil {
			version = 3
		}
	}
	t := &topology{version: version, theano: o["backend"] == "theano"}
	m, err := t.model(o, 0)
	if err != nil {
		return nil, err
	}
	filled := false
	if err = m.refused(); err == nil {
		err = fill(m)
		filled = err == nil
	} else if options.Report != nil {
		filled = fill(m) == nil
	}
	if err == nil {
		var n *network.Network
		if n, err = build(m, options); err == nil {
			return n, nil
		}
	}
	if options.Report != nil {
		survey(m, options, filled)
	}
	return nil, err
}

// ReadArchive reads a .keras file.
func ReadArchive(data []byte, options Options) (*network.Network, error) {
	z, err := ziparchive.Open(data)
	if err != nil {
		return nil, network.Refuse(network.ErrDamaged, "", "the archive: %v", err)
	}
	members := map[string][]byte{}
	left := 1<<20 + 4*int64(len(data)) // bytes that may be made
	for _, m := range z.File {
		if m.Name != memberConfig && m.Name != memberMetadata && m.Name != memberWeights {
			continue
		}
		if members[m.Name] != nil {
			return nil, network.Refuse(network.ErrDamaged, m.Name, "the archive has two members of this name")
		}
		b, err := ziparchive.Member(data, m, &left)
		if err != nil {
			return nil, network.Refuse(network.ErrDamaged, m.Name, "%v", err)
		}
		members[m.Name] = b
	}
	for _, name := range []string{memberConfig, memberWeights} {
		if members[name] == nil {
			return nil, network.Refuse(network.ErrDamaged, name, "the archive lacks it")
		}
	}
	version := 0
	if b := members[memberMetadata]; b != nil {
		o, err := parse(memberMetadata, b)
		if err != nil {
			return nil, err
		}
		v, _ := o["keras_version"].(string)
		version = major(v)
	}
	o, err := parse(memberConfig, members[memberConfig])
	if err != nil {
		return nil, err
	}
	f, err := hdf5.OpenWithin(members[memberWeights], left)
	if err != nil {
		return nil, err
	}
	return modelOf(o, version, options, weightsOf(f.Root()))
}

// Tensors returns the weights of an HDF5 file by their names, as a state_dict has
// them, for an architecture.
func Tensors(data []byte) ([]statedict.Tensor, error) {
	f, err := hdf5.Open(data)
	if err != nil {
		return nil, err
	}
	root, err := rootOf(f)
	if err != nil {
		return nil, err
	}
	arrays, err := allArrays(root)
	if err != nil {
		return nil, err
	}
	var tensors []statedict.Tensor
	for _, a := range arrays {
		tensors = append(tensors, statedict.Tensor{Name: a.name, DType: a.kind, Shape: a.shape, Data: a.data})
	}
	return tensors, nil
}
