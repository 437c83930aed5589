package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/carray"
	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/npz"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/format/plaintext"
	"github.com/rnnrun/rnnrun/format/rtneural"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/format/torchscript"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ziparchive"
	"github.com/rnnrun/rnnrun/npy"
)

// A source is a file to convert.
type source struct {
	data []byte
	name string
	kind string // format of the file, once known

	arch    *statedict.Architecture // architecture of a state_dict
	flags   []string                // the flags that describe a state_dict
	checked *proof                  // nil without --check

	report *network.Report // how the file's parts are used; nil: not recorded

	config []byte // JSON of the Keras model, for a weights-only file

	graph onnx.Options // options for an ONNX graph
	shape []int        // shape of forward's first input in TorchScript; nil: found by trial

	parts []*part // parts of an architecture
	part  bool    // the file is a part

	prefix   string // prefix of the names of the state_dict's tensors that are read; "": all tensors
	prefixed bool   // the file is a state_dict, and tensors without the prefix were left out
}

// sum returns the file's SHA-256.
func (s *source) sum() string {
	sum := sha256.Sum256(s.data)
	return hex.EncodeToString(sum[:])
}

// describe sets the source's architecture from the flags and the file of --arch.
func (f *convertFlags) describe(s *source) error {
	s.arch = &statedict.Architecture{}
	if f.arch != "" {
		data, err := os.ReadFile(f.arch)
		if err != nil {
			return err
		}
		if keras.MatchConfig(data) {
			s.config = data
		} else if s.arch, err = s.parsed(data, f.arch); err != nil {
			return fmt.Errorf("%s: %w", f.arch, err)
		}
		s.flags = append(s.flags, "--arch")
	}
	for _, v := range []struct {
		flag, value string
		field       *string
	}{
		{"pool", f.pool, &s.arch.Pool},
		{"nonlinearity", f.nonlinearity, &s.arch.Nonlinearity},
		{"state-dict", f.stateDict, &s.arch.StateDict},
		{"output-function", f.function, &s.arch.Output},
	} {
		if v.value == "" {
			continue
		}
		if *v.field != "" && *v.field != v.value {
			return cli.Usagef("--%s %s contradicts %s, which has %s", v.flag, v.value, f.arch, *v.field)
		}
		*v.field = v.value
		s.flags = append(s.flags, "--"+v.flag)
	}
	return nil
}

// A reader reads files of one kind.
type reader struct {
	kind  string
	match func(s *source) bool
	read  func(s *source) (*network.Network, error)
}

const (
	kindONNX   = "ONNX"
	kindScript = "TorchScript"
	kindGraph  = "a TensorFlow graph"
	kindSaved  = "a SavedModel"
)

// readers returns the readers, in the order in which they are tried.
func readers() []reader {
	return append(kerasReaders(), []reader{
		{kindScript, (*source).isScript, (*source).readScript},
		{"a PyTorch archive", (*source).isPickleArchive, (*source).readPickle},
		{"a PyTorch pickle", func(s *source) bool { return pickle.MatchLegacy(s.data) }, (*source).readPickle},
		{"a NumPy archive", (*source).isNumPyArchive, (*source).readNumPy},
		{"safetensors", func(s *source) bool { return safetensors.Match(s.data) }, (*source).readSafetensors},
		{"an architecture", (*source).isArchitecture, (*source).readArchitecture},
		{"JSON", func(s *source) bool { return rtneural.Match(s.data) }, (*source).readJSON},
		{kindSaved, (*source).isSavedModel, (*source).readSavedModel},
		{kindGraph, func(s *source) bool { return tensorflow.Match(s.data) }, (*source).readGraph},
		{kindONNX, (*source).isONNX, (*source).readONNX},
		{"text of arrays", func(s *source) bool { return plaintext.Match(s.data) }, (*source).readText},
		{"C source", func(s *source) bool { return carray.Match(s.data) }, (*source).readC},
	}...)
}

// isONNX reports whether the file begins as a protocol buffer whose first field is the
// version of ONNX, or has the extension of ONNX.
func (s *source) isONNX() bool {
	return bytes.HasPrefix(s.data, []byte{0x08}) || strings.EqualFold(filepath.Ext(s.name), ".onnx")
}

// readONNX reads the file and its tensors in other files of the same folder.
func (s *source) readONNX() (*network.Network, error) {
	s.graph.Report = s.report
	if s.name == "-" {
		return s.graph.Read(s.data)
	}
	folder, err := os.OpenRoot(filepath.Dir(s.name))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	s.graph.Folder = folder.FS()
	return s.graph.Read(s.data)
}

// read reads the file.
func (s *source) read() (*network.Network, error) {
	n, err := s.readKind()
	if errors.Is(err, network.ErrDamaged) {
		err = fmt.Errorf("%w. The download may be incomplete: fetch the file again", err)
	}
	return n, err
}

// readKind reads the file with the reader for its content.
func (s *source) readKind() (*network.Network, error) {
	if len(s.data) == 0 {
		return nil, fmt.Errorf("%w: the file is empty", network.ErrDamaged)
	}
	if kind := s.foreignKind(); kind != "" {
		return nil, fmt.Errorf("%w: it is %s", network.ErrUnsupported, kind)
	}
	list := readers()
	i := slices.IndexFunc(list, func(r reader) bool { return r.match(s) })
	if i < 0 {
		return nil, s.unknown()
	}
	s.kind = list[i].kind
	if s.config != nil && !hdf5.Match(s.data) {
		return nil, cli.Usagef("--arch is the JSON of a Keras model, which describes the layers of HDF5 weights, but the file is %s", s.kind)
	}
	if err := s.foreignFlags(); err != nil {
		return nil, err
	}
	return list[i].read(s)
}

// foreignFlags refuses flags for other kinds of files.
func (s *source) foreignFlags() error {
	for _, f := range []struct {
		flag, kind string
		given, of  bool
	}{
		{"input", "ONNX and TensorFlow graphs", len(s.graph.Constants) > 0, s.kind == kindONNX || s.ofTensorFlow()},
		{"dimension", "ONNX graphs and Keras models", len(s.graph.Dimensions) > 0, s.kind == kindONNX || s.ofKeras() || s.kind == kindSaved},
		{"output beside -o", "ONNX graphs", s.graph.Output != "", s.kind == kindONNX || s.kind == kindScript || s.ofTensorFlow()},
		{"shape", "TorchScript and TensorFlow graphs", len(s.shape) > 0, s.kind == kindScript || s.ofTensorFlow()},
	} {
		if f.given && !f.of {
			return cli.Usagef("--%s is for %s, but the file is %s: leave it out", f.flag, f.kind, s.kind)
		}
	}
	for _, n := range s.shape {
		if n < 0 || n > 1<<20 {
			return cli.Usagef("--shape %v: a size is 1 or more, or 0 for the number of steps", s.shape)
		}
	}
	return nil
}

// members returns the names of a ZIP archive's members, or nil.
func (s *source) members() []string {
	if !bytes.HasPrefix(s.data, []byte("PK")) {
		return nil
	}
	z, err := ziparchive.Open(s.data)
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return names
}

func (s *source) isPickleArchive() bool { return slices.ContainsFunc(s.members(), pickle.MatchMember) }

func (s *source) isNumPyArchive() bool { return slices.ContainsFunc(s.members(), npy.MatchMember) }

func (s *source) isScript() bool { return slices.ContainsFunc(s.members(), pickle.MatchScript) }

// readScript analyzes the code of the archive. If flags describe a state_dict, it reads
// the tensors as a state_dict instead.
func (s *source) readScript() (*network.Network, error) {
	if len(s.flags) == 0 && s.prefix == "" {
		o := torchscript.Options{Shape: s.shape, Output: s.graph.Output, Report: s.report}
		n, err := o.Read(s.data)
		if errors.Is(err, network.ErrUnsupported) {
			err = fmt.Errorf("%w\n\nIts tensors can be read as a state_dict, with an --arch file that describes the network", err)
		}
		return n, err
	}
	tensors, err := torchscript.StateDict(s.data)
	if err != nil {
		return nil, err
	}
	return s.build(tensors)
}

// readGraph reads a frozen graph of TensorFlow.
func (s *source) readGraph() (*network.Network, error) {
	return s.graphOptions().Read(s.data)
}

func (s *source) readPickle() (*network.Network, error) {
	tensors, err := pickle.Read(s.data, s.arch.StateDict)
	if err != nil {
		return nil, withFlags(err)
	}
	return s.build(tensors)
}

func (s *source) readNumPy() (*network.Network, error) {
	tensors, err := npz.Read(s.data)
	if err != nil {
		return nil, err
	}
	return s.build(tensors)
}

func (s *source) readSafetensors() (*network.Network, error) {
	tensors, err := safetensors.Read(s.data)
	if err != nil {
		return nil, err
	}
	if err := s.ownArchitecture(); err != nil {
		return nil, err
	}
	return s.build(tensors)
}

// architectureProperty is the key of the architecture in the metadata of a .safetensors
// file that export wrote.
const architectureProperty = "rnnrun architecture"

// ownArchitecture uses the architecture in the file itself, unless --arch is given.
func (s *source) ownArchitecture() error {
	properties, err := safetensors.Metadata(s.data)
	if err != nil || slices.Contains(s.flags, "--arch") {
		return err
	}
	for _, p := range properties {
		if p.Name != architectureProperty {
			continue
		}
		if len(s.flags) > 0 {
			return cli.Usagef("%s is for state_dicts without their architecture, but this file has it; --arch can give another", s.flags[0])
		}
		if s.arch, err = statedict.ParseArchitecture([]byte(p.Value)); err == nil {
			err = s.arch.CheckOwn()
		}
		if err != nil {
			return fmt.Errorf("its property %q: %w", p.Name, err)
		}
	}
	return nil
}

func (s *source) readText() (*network.Network, error) {
	tensors, err := plaintext.Read(s.data)
	if err != nil {
		return nil, err
	}
	return s.build(tensors)
}

func (s *source) readC() (*network.Network, error) {
	tensors, err := carray.Read(s.data)
	if err != nil {
		return nil, err
	}
	return s.build(tensors)
}

// readJSON reads JSON: as arrays if the architecture defines them. Otherwise, only a
// state_dict needs a description.
func (s *source) readJSON() (*network.Network, error) {
	if len(s.arch.Nodes) > 0 || len(s.arch.Tensors) > 0 {
		tensors, err := rtneural.ReadArrays(s.data)
		if err != nil {
			return nil, err
		}
		return s.build(tensors)
	}
	n, state, err := rtneural.ReadReported(s.data, s.report)
	switch {
	case err != nil:
		return nil, err
	case n == nil:
		return s.build(state)
	case len(s.flags) > 0:
		return nil, cli.Usagef("%s is for state_dicts, but the file describes its whole network: leave it out", s.flags[0])
	}
	return n, nil
}

// build makes the network of a state_dict. A state_dict does not tell the pool. If there
// are outputs to check, build finds a pool that matches them, and checks the model with
// it.
func (s *source) build(tensors []statedict.Tensor) (*network.Network, error) {
	if s.prefix != "" {
		var err error
		if tensors, err = s.withPrefix(tensors); err != nil {
			return nil, err
		}
	}
	if s.arch.Pool == "" && s.checked != nil && len(s.arch.Nodes) == 0 {
		s.arch.Pool = s.checked.pool()
		s.checked.open = s.arch.Pool != "none"
	}
	n, err := statedict.Network(tensors, s.arch)
	statedict.Account(s.report, tensors, s.arch, n)
	if n != nil {
		s.describeParts(n)
	}
	return n, withFlags(err)
}

// withPrefix returns the tensors whose names start with the source's prefix, without the
// prefix.
func (s *source) withPrefix(tensors []statedict.Tensor) ([]statedict.Tensor, error) {
	s.prefixed = true
	var list []statedict.Tensor
	for _, t := range tensors {
		if name, found := strings.CutPrefix(t.Name, s.prefix); found {
			t.Name = name
			list = append(list, t)
		}
	}
	if len(list) == 0 && len(tensors) > 0 {
		return nil, fmt.Errorf("%w: no name of its %d tensors starts with %s; the first is %s", network.ErrUnsupported, len(tensors), network.Quote(s.prefix), network.Quote(tensors[0].Name))
	}
	return list, nil
}

// withFlags adds the flags that describe an architecture to an error that they would
// solve.
func withFlags(err error) error {
	if errors.Is(err, network.ErrAmbiguous) || errors.Is(err, network.ErrUnknown) {
		return fmt.Errorf("%w\n\n--arch FILE gives the architecture; --state-dict, --pool and --nonlinearity give parts of it", err)
	}
	return err
}

// unknown returns the error for a file that no reader reads.
func (s *source) unknown() error {
	if bytes.HasPrefix(s.data, []byte("PK")) {
		if _, err := ziparchive.Open(s.data); err != nil {
			return network.Refuse(network.ErrDamaged, "", "the file is a ZIP archive: %v", err)
		}
		return s.unreadArchive()
	}
	for _, f := range unreadKinds {
		if bytes.HasPrefix(s.data, []byte(f.start)) {
			return fmt.Errorf("%w: it is %s", network.ErrUnsupported, f.is)
		}
	}
	if filepath.Ext(s.name) == ".safetensors" {
		if _, err := safetensors.Read(s.data); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: unknown format. Supported formats: %s. docs/convert.md explains how to make one of them", network.ErrUnsupported, kindsRead)
}

// kindsRead lists the supported formats, for messages.
const kindsRead = "ONNX (.onnx), PyTorch state_dicts (.pt, .pth, .ckpt, .safetensors, .npz), TorchScript (.pt), Keras (.keras, .h5), TensorFlow SavedModels and frozen graphs (.pb), " +
	"TensorFlow.js (model.json), RTNeural and AIDA-X (.json), Neural Amp Modeler (.nam), and arrays as text, JSON or C source with --arch"
