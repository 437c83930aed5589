package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// kerasReaders returns the readers of Keras and TensorFlow.js files.
func kerasReaders() []reader {
	return []reader{
		{"Keras HDF5", func(s *source) bool { return hdf5.Match(s.data) }, (*source).readHDF5},
		{"a Keras archive", func(s *source) bool { return slices.ContainsFunc(s.members(), keras.MatchMember) }, (*source).readKeras},
		{"a TensorFlow.js model", func(s *source) bool { return keras.MatchTFJS(s.data) }, (*source).readTFJS},
	}
}

// ofKeras reports whether one of kerasReaders reads the file.
func (s *source) ofKeras() bool {
	return slices.ContainsFunc(kerasReaders(), func(r reader) bool { return r.kind == s.kind })
}

// readHDF5 reads a whole model or only weights. Weights need the layers of a Keras model,
// from --arch or from a file beside them, or the nodes of an --arch file.
func (s *source) readHDF5() (*network.Network, error) {
	if s.config == nil && len(s.flags) > 0 {
		return s.readKerasWeights()
	}
	config, from := s.config, "--arch"
	if config == nil {
		config, from = s.beside()
	}
	options, err := s.kerasOptions(config)
	if err != nil {
		return nil, err
	}
	n, err := keras.Read(s.data, options)
	if errors.Is(err, keras.ErrWeightsAlone) {
		return nil, fmt.Errorf("%w: %w; put the JSON of model.to_json() beside it as %s, or give it by --arch; an --arch file of nodes will do, too, with the modules%s",
			network.ErrAmbiguous, err, filepath.Base(s.jsonName()), s.kerasModules())
	}
	if err == nil && from != "" {
		n.Notes = append(n.Notes, "if the file has weights alone, the layers are those of "+from)
	}
	return n, err
}

// kerasEpsilon is the default of the number that Keras adds to the variance in
// normalizations.
const kerasEpsilon = 1e-3

// readKerasWeights reads weights for an architecture. An architecture that defines
// tensors reads the file's tensors unchanged; any other reads them as PyTorch modules.
func (s *source) readKerasWeights() (*network.Network, error) {
	if len(s.arch.Tensors) > 0 {
		tensors, err := keras.Tensors(s.data)
		if err != nil {
			return nil, err
		}
		return s.build(tensors)
	}
	tensors, resets, err := keras.StateDict(s.data)
	if err != nil {
		return nil, err
	}
	epsilon := kerasEpsilon
	before := map[string]bool{} // of the nodes
	for i := range s.arch.Nodes {
		n := &s.arch.Nodes[i]
		before[n.Module] = n.ResetBefore
		if n.Eps == nil && (n.Op == "batchnorm" || n.Op == "layernorm") {
			n.Eps = &epsilon
		}
	}
	for i := range s.arch.Modules {
		if m := &s.arch.Modules[i]; m.Eps == nil && slices.ContainsFunc(tensors, func(t statedict.Tensor) bool { return t.Name == m.Name+".running_var" }) {
			m.Eps = &epsilon
		}
	}
	for _, module := range resets {
		if !before[module] {
			return nil, fmt.Errorf("%w: the GRU %s has one bias, like a Keras GRU that resets before the product: describe it as a node with \"reset_before\": true", network.ErrAmbiguous, network.Quote(module))
		}
	}
	n, err := s.build(tensors)
	if n != nil {
		n.Notes = append(n.Notes, "weights do not record activations, nor the epsilon of norms: unless --arch gives them, they are assumed to be tanh, the sigmoid for gates (hard_sigmoid until Keras 2.2), no activation after other layers, and 0.001")
	}
	return n, err
}

// kerasModules lists the modules of a weights-only file, with the shapes of their
// tensors.
func (s *source) kerasModules() string {
	tensors, _, err := keras.StateDict(s.data)
	if err != nil || len(tensors) == 0 {
		return ""
	}
	const most = 24
	var list []string
	for _, t := range tensors[:min(most, len(tensors))] {
		list = append(list, fmt.Sprintf("%s %v", cli.Printable(t.Name), t.Shape))
	}
	if len(tensors) > most {
		list = append(list, fmt.Sprintf("and %d more", len(tensors)-most))
	}
	return " " + strings.Join(list, ", ")
}

// kerasOptions returns the options for a Keras model from the flags.
func (s *source) kerasOptions(config []byte) (keras.Options, error) {
	o := keras.Options{Config: config, Report: s.report}
	for name, n := range s.graph.Dimensions {
		if name != "steps" || n < 1 {
			return o, cli.Usagef("--dimension %s=%d: for a Keras model, give steps=N, the length of inputs that have none", cli.Printable(name), n)
		}
		o.Steps = n
	}
	return o, nil
}

// jsonName returns the name of the JSON file with the layers that belongs to weights:
// model.json for model.h5 and for model.weights.h5.
func (s *source) jsonName() string {
	name := strings.TrimSuffix(s.name, filepath.Ext(s.name))
	return strings.TrimSuffix(name, ".weights") + ".json"
}

// beside returns the JSON model beside a file of weights, and its name.
func (s *source) beside() ([]byte, string) {
	if s.name == "-" {
		return nil, ""
	}
	name := s.jsonName()
	data, err := os.ReadFile(name)
	if err != nil || !keras.MatchConfig(data) {
		return nil, ""
	}
	return data, filepath.Base(name)
}

// readKeras reads a .keras file.
func (s *source) readKeras() (*network.Network, error) {
	if err := s.undescribed(); err != nil {
		return nil, err
	}
	options, err := s.kerasOptions(nil)
	if err != nil {
		return nil, err
	}
	return keras.ReadArchive(s.data, options)
}

// readTFJS reads a model.json and the weight files in its folder.
func (s *source) readTFJS() (*network.Network, error) {
	if err := s.undescribed(); err != nil {
		return nil, err
	}
	if s.name == "-" {
		return nil, fmt.Errorf("%w: the weights are in files beside model.json: give its path instead of the standard input", network.ErrUnsupported)
	}
	folder, err := os.OpenRoot(filepath.Dir(s.name))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	options, err := s.kerasOptions(nil)
	if err != nil {
		return nil, err
	}
	return keras.ReadTFJS(s.data, folder.FS(), options)
}

// undescribed refuses flags that describe a state_dict.
func (s *source) undescribed() error {
	if len(s.flags) > 0 {
		return cli.Usagef("%s is for state_dicts, but the file describes its whole network: leave it out", s.flags[0])
	}
	return nil
}
