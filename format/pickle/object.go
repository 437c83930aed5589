package pickle

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The functions whose results are values. The result of any other function is
// opaque.
const (
	orderedDict               name = "collections.OrderedDict"
	rebuildTensor             name = "torch._utils._rebuild_tensor_v2"
	rebuildParameter          name = "torch._utils._rebuild_parameter"
	rebuildParameterWithState name = "torch._utils._rebuild_parameter_with_state"
)

// object runs the instructions with which a pickle names, makes and changes
// Python objects.
func (m *machine) object(op byte) error {
	switch op {
	case 'c': // GLOBAL
		module, err := m.line()
		if err != nil {
			return err
		}
		member, err := m.line()
		if err != nil {
			return err
		}
		return m.pushName(module, member)
	case 0x93: // STACK_GLOBAL
		v, err := m.popN(2)
		if err != nil {
			return err
		}
		module, ok1 := v[0].(string)
		member, ok2 := v[1].(string)
		if !ok1 || !ok2 {
			return m.fail("a name is %s and %s", describe(v[0]), describe(v[1]))
		}
		return m.pushName(module, member)
	case 'R': // REDUCE
		v, err := m.popN(2)
		if err != nil {
			return err
		}
		result, err := m.call(v[0], v[1])
		if err != nil {
			return err
		}
		return m.push(result)
	case 0x81: // NEWOBJ: class, arguments
		return m.newObject(2)
	case 0x92: // NEWOBJ_EX: class, arguments, named arguments
		return m.newObject(3)
	case 'b': // BUILD
		return m.buildState()
	}
	id, err := m.pop() // BINPERSID
	if err != nil {
		return err
	}
	s, err := m.storage(id)
	if err != nil {
		return err
	}
	return m.push(s)
}

func (m *machine) pushName(module, member string) error {
	n := name(module + "." + member)
	return m.push(n) // its result is opaque
}

// newObject makes an object of the class that is the first of n operands.
func (m *machine) newObject(n int) error {
	v, err := m.popN(n)
	if err != nil {
		return err
	}
	switch class := v[0].(type) {
	case name:
		if m.script && strings.HasPrefix(string(class), scriptPrefix) {
			return m.push(&module{class: class})
		}
		return m.push(&opaque{class})
	case *opaque: // such as a class of a class
		return m.push(class)
	}
	return m.fail("an object is made of %s", describe(v[0]))
}

// call returns the value of the few functions that are known, and an opaque
// value for any other one, which is not executed.
func (m *machine) call(f, args any) (any, error) {
	a, ok := args.(tuple)
	if !ok {
		return nil, m.fail("a function is called with %s", describe(args))
	}
	switch f {
	case orderedDict:
		if len(a) == 0 {
			return &dict{}, nil
		}
	case rebuildParameter: // tensor, requires_grad, backward_hooks
		if len(a) == 3 {
			if t, ok := a[0].(*tensor); ok {
				return t, nil
			}
		}
	case rebuildParameterWithState: // tensor, requires_grad, backward_hooks, attributes
		if len(a) == 4 {
			if t, ok := a[0].(*tensor); ok {
				return t, nil
			}
		}
	case rebuildTensor: // storage, offset, size, stride, requires_grad, backward_hooks, and perhaps metadata
		if len(a) == 6 || len(a) == 7 && a[6] == nil {
			return m.tensor(a)
		}
	default:
		switch f := f.(type) {
		case name:
			if m.script && strings.HasPrefix(string(f), string(jitPickle)) && len(a) > 0 {
				return a[0], nil // a list, with the type of its elements
			}
			return &opaque{f}, nil
		case *opaque: // such as a bound method
			return f, nil
		}
	}
	return nil, m.fail("%s is called with %s, which it does not take", describe(f), message.Count(len(a), "argument"))
}

func (m *machine) tensor(a tuple) (any, error) {
	s, ok1 := a[0].(*storage)
	offset, ok2 := a[1].(int64)
	size, ok3 := integers(a[2])
	stride, ok4 := integers(a[3])
	if !ok1 || !ok2 || !ok3 || !ok4 || len(size) != len(stride) || offset < 0 {
		return nil, m.fail("a tensor is made of %s, %s, %s and %s", describe(a[0]), describe(a[1]), describe(a[2]), describe(a[3]))
	}
	return &tensor{storage: s, offset: offset, size: size, stride: stride}, nil
}

// integers returns the numbers of a tuple, none of them below 0.
func integers(v any) ([]int64, bool) {
	t, ok := v.(tuple)
	if !ok {
		return nil, false
	}
	list := make([]int64, len(t))
	for i := range t {
		n, ok := t[i].(int64)
		if !ok || n < 0 {
			return nil, false
		}
		list[i] = n
	}
	return list, true
}

// storage gives the storage of a persistent id: ("storage", class, key, device,
// elements), and in older files a view of it, which must be None.
func (m *machine) storage(id any) (*storage, error) {
	t, ok := id.(tuple)
	if !ok || len(t) != 5 && !(len(t) == 6 && t[5] == nil) || t[0] != "storage" {
		return nil, m.fail("a persistent id is not that of a storage")
	}
	class, ok1 := t[1].(name)
	key, ok2 := t[2].(string)
	elements, ok3 := t[4].(int64)
	if !ok1 || !ok2 || !ok3 || elements < 0 || strings.ContainsAny(key, "/\\") {
		return nil, m.fail("a storage of class %s, key %s and %s elements", describe(t[1]), describe(t[2]), describe(t[4]))
	}
	s := &storage{class: class, key: key, elements: elements}
	m.storages = append(m.storages, s)
	return s, nil
}

// buildState drops the attributes of an object: PyTorch gives a state_dict
// _metadata, the versions of its modules, and no value depends on them.
func (m *machine) buildState() error {
	v, err := m.popN(2)
	if err != nil {
		return err
	}
	switch object := v[0].(type) {
	case *dict, *opaque, *tensor:
		return m.push(object)
	case *module:
		if state, ok := v[1].(*dict); ok {
			object.state = state
			return m.push(object)
		}
	}
	return m.fail("%s gets the state %s", describe(v[0]), describe(v[1]))
}
