package pickle

import (
	"archive/zip"
	"strings"

	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ziparchive"
)

// A Script is what torch.jit.save writes: a module, and the code of its classes.
type Script struct {
	Module    *Object
	Constants []any             // what the code calls CONSTANTS.c0, CONSTANTS.c1, …
	Code      map[string][]byte // by names such as "__torch__/torch/nn/modules/linear.py"
}

// An Object is an instance of a class of the code. A value is nil, a bool, int64,
// float64, string, []any for a list or a tuple, a [*statedict.Tensor], whose data is
// nil unless its elements are floating-point numbers, an *Object, or [Unknown].
type Object struct {
	Class string // such as "__torch__.torch.nn.modules.linear.Linear"
	Names []string
	Attrs map[string]any
}

// Unknown is a value that is not understood.
type Unknown struct{ What string }

// scriptPrefix starts the names of the code's classes.
const scriptPrefix = "__torch__."

// jitPickle starts the functions that make lists of one type.
const jitPickle name = "torch.jit._pickle."

// ReadScript reads a TorchScript archive. Nothing is executed. The error is a
// [*network.ImportError].
func ReadScript(data []byte) (*Script, error) {
	z, err := ziparchive.Open(data)
	if err != nil {
		return nil, damaged("archive", "%v", err)
	}
	r := &scriptReader{
		data: data, left: 4<<20 + 4*int64(len(data)), members: map[string][]byte{},
		tensors: map[*tensor]*statedict.Tensor{}, storages: storages{},
	}
	for _, f := range z.File {
		if err := r.add(f); err != nil {
			return nil, err
		}
	}
	s := &Script{Code: map[string][]byte{}}
	for name, b := range r.members {
		if path, ok := strings.CutPrefix(name, "code/"); ok && strings.HasSuffix(path, ".py") {
			s.Code[path] = b
		}
	}
	module, err := r.read("data.pkl", r.storages)
	if err != nil {
		return nil, err
	}
	var ok bool
	if s.Module, ok = module.(*Object); !ok {
		return nil, unsupported("data.pkl", "the archive does not hold a TorchScript module")
	}
	if r.members["constants.pkl"] == nil {
		return s, nil
	}
	constants, err := r.read("constants.pkl", r.constants())
	if err != nil {
		return nil, err
	}
	if s.Constants, ok = constants.([]any); !ok {
		return nil, damaged("constants.pkl", "it is not a tuple")
	}
	return s, nil
}

// MatchScript reports whether a ZIP archive with a member of that name is
// TorchScript's.
func MatchScript(name string) bool {
	return strings.Contains(name, "/code/__torch__") || strings.HasPrefix(name, "code/__torch__")
}

// A scriptReader reads the members of an archive.
type scriptReader struct {
	data     []byte
	left     int64 // bytes of memory that may still be taken
	members  map[string][]byte
	storages storages
	tensors  map[*tensor]*statedict.Tensor
}

// add keeps a member, without the folder that all lie in.
func (r *scriptReader) add(f *zip.File) error {
	_, name, found := strings.Cut(f.Name, "/")
	if !found {
		return nil
	}
	if strings.HasSuffix(name, ".debug_pkl") || strings.HasPrefix(name, ".data/") {
		return nil // about the origin of the code
	}
	if r.members[name] != nil {
		return damaged(f.Name, "the archive has two members of this name")
	}
	b, err := ziparchive.Member(r.data, f, &r.left) // code is compressed, if it is long
	if err != nil {
		return damaged(f.Name, "%v", err)
	}
	r.members[name] = b
	if key, ok := strings.CutPrefix(name, "data/"); ok {
		r.storages[key] = b
	}
	if name == "byteorder" && string(b) != "little" {
		return unsupported(f.Name, "the byte order %.20q, want little", b)
	}
	return nil
}

// constants returns the storages of constants.
func (r *scriptReader) constants() storages {
	s := storages{}
	for name, b := range r.members {
		if key, ok := strings.CutPrefix(name, "constants/"); ok {
			s[key] = b
		}
	}
	return s
}

// read reads the pickle of that name.
func (r *scriptReader) read(name string, s storages) (any, error) {
	program := r.members[name]
	if program == nil {
		return nil, damaged(name, "the archive has no such member")
	}
	m := newMachine(program, len(r.data))
	m.script = true
	value, rest, err := m.run()
	if err == nil && len(rest) > 0 {
		err = damaged(name, "%s after its end", message.Count(len(rest), "byte"))
	}
	if err != nil {
		return nil, err
	}
	return r.value(value, s, 0)
}

// maxScriptDepth bounds how deep modules nest.
const maxScriptDepth = 100

// maxScriptSize bounds the attributes of a module and of the modules in it, each
// counted at every place, and maxScriptName the bytes of their names.
const (
	maxScriptSize = 1 << 16
	maxScriptName = 1 << 8
)

// valueSize is about what a value takes in memory.
const valueSize = 64

// value turns a value of the machine into one of a Script.
func (r *scriptReader) value(v any, s storages, depth int) (any, error) {
	if r.left -= valueSize; depth > maxScriptDepth || r.left < 0 {
		return nil, damaged("data.pkl", "modules nest more than %d deep, or there are too many", maxScriptDepth)
	}
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v, nil
	case tuple:
		return r.values(v, s, depth)
	case *list:
		return r.values(v.items, s, depth)
	case *tensor:
		return r.tensor(v, s)
	case *module:
		return r.object(v, s, depth)
	}
	return Unknown{describe(v)}, nil
}

func (r *scriptReader) values(items []any, s storages, depth int) (any, error) {
	list := make([]any, len(items))
	for i, item := range items {
		var err error
		if list[i], err = r.value(item, s, depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// tensor reads a tensor once, so that a shared tensor stays shared.
func (r *scriptReader) tensor(t *tensor, s storages) (any, error) {
	if known := r.tensors[t]; known != nil {
		return known, nil
	}
	key := t.storage.key
	n, err := s.check(key, t)
	if err != nil {
		return nil, err
	}
	if r.left -= 4 * n; r.left < 0 {
		return nil, damaged(key, "the tensors up to it have more numbers than a file of %s holds", message.Count(len(r.data), "byte"))
	}
	read := s.read(key, t, int(n))
	r.tensors[t] = &read
	return &read, nil
}

func (r *scriptReader) object(m *module, s storages, depth int) (any, error) {
	if m.object != nil {
		if m.size == 0 {
			return nil, damaged(string(m.class), "a module of this class contains itself")
		}
		return m.object, nil
	}
	m.object = &Object{Class: string(m.class), Attrs: map[string]any{}}
	size := 1
	if m.state == nil {
		m.size = size
		return m.object, nil
	}
	for i, k := range m.state.keys {
		key, ok := k.(string)
		if !ok {
			return nil, damaged(string(m.class), "an attribute is named by %s", describe(k))
		}
		if len(key) > maxScriptName {
			return nil, damaged(string(m.class), "an attribute has a name of %s", message.Count(len(key), "byte"))
		}
		v, err := r.value(m.state.values[i], s, depth+1)
		if err != nil {
			return nil, err
		}
		if _, twice := m.object.Attrs[key]; !twice {
			m.object.Names = append(m.object.Names, key)
		}
		m.object.Attrs[key] = v
		size++
		if inner, ok := m.state.values[i].(*module); ok {
			size += inner.size
		}
		if size > maxScriptSize {
			return nil, damaged(string(m.class), "the modules in it have more than %d attributes together", maxScriptSize)
		}
	}
	m.size = size
	return m.object, nil
}
