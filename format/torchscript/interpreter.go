package torchscript

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/internal/message"
)

// An interpreter follows forward, and writes its operations on tensors into a graph.
type interpreter struct {
	*graph
	script    *pickle.Script
	files     map[string]*file
	operators map[string]operator

	changed []place // the buffers that forward changes, in order
	left    int     // statements that may still be followed
	steps   int     // expressions, turns of loops, and elements of lists, that may still be
	tokens  int     // that the code may still have
	most    int     // numbers that constants may have together, beside those of the archive
	depth   int     // of calls
}

// maxStatements bounds the statements that are followed: loops are unrolled.
const maxStatements = 1 << 14

// maxSteps bounds the work of statements: an expression may call functions
// without any.
const maxSteps = 1 << 19

// maxNodes bounds the graph that is written.
const maxNodes = 1 << 15

// maxCalls bounds how deep functions call each other.
const maxCalls = 64

// spend counts steps.
func (in *interpreter) spend(n int) error {
	switch in.steps -= n; {
	case in.steps < 0 || len(in.model.Nodes) > maxNodes:
		return in.unsupported("the code does more than %d steps, or makes more than %d nodes", maxSteps, maxNodes)
	case in.numbers > in.most:
		return in.unsupported("constants of %s are made from a file with fewer", message.Count(in.numbers, "number"))
	}
	return nil
}

func (in *interpreter) unsupported(format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, in.where, format, args...)
}

// file returns the parsed file of a dotted name, such as "__torch__.torch.nn.functional".
func (in *interpreter) file(module string) (*file, error) {
	path := strings.ReplaceAll(module, ".", "/") + ".py"
	if f := in.files[path]; f != nil {
		return f, nil
	}
	code, ok := in.script.Code[path]
	if !ok {
		return nil, network.Refuse(network.ErrDamaged, path, "the archive has no such code")
	}
	f, tokens, err := parse(string(code), in.tokens)
	if err != nil {
		return nil, network.Refuse(network.ErrUnsupported, path, "%v", err)
	}
	in.tokens -= tokens
	in.files[path] = f
	return f, nil
}

// split splits a dotted name before its last part.
func split(name string) (module, last string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// class returns the class of an object.
func (in *interpreter) class(o *pickle.Object) (*class, error) {
	module, name := split(o.Class)
	f, err := in.file(module)
	if err != nil {
		return nil, err
	}
	c := f.classes[name]
	if c == nil {
		return nil, network.Refuse(network.ErrDamaged, o.Class, "the archive has no code of this class")
	}
	return c, nil
}

// A scope holds the variables of a call, and what it returned.
type scope struct {
	variables map[string]value
	result    value
	done      bool
}

// call calls a function of the code.
func (in *interpreter) call(f *callable, arguments []value, named map[string]value) (value, error) {
	if in.depth++; in.depth > maxCalls {
		return nil, in.unsupported("functions call each other more than %d deep", maxCalls)
	}
	where := in.where
	defer func() { in.depth--; in.where = where }()
	s := &scope{variables: map[string]value{}}
	if f.self != nil {
		arguments = slices.Concat([]value{f.self}, arguments)
	}
	if len(arguments) > len(f.script.parameters) {
		return nil, in.unsupported("%s is called with %s, but it has %d", f.name, message.Count(len(arguments), "argument"), len(f.script.parameters))
	}
	for i, p := range f.script.parameters {
		v, given := named[p.name]
		switch {
		case i < len(arguments):
			v = arguments[i]
		case given:
		case p.usual == nil:
			return nil, in.unsupported("%s is called without %q", f.name, p.name)
		default:
			var err error
			if v, err = in.evaluate(p.usual, s); err != nil {
				return nil, err
			}
		}
		s.variables[p.name] = v
	}
	err := in.run(f.script.body, s, f.name)
	return s.result, err
}

// run runs statements until one returns.
func (in *interpreter) run(body []statement, s *scope, name string) error {
	for _, st := range body {
		if in.left--; in.left < 0 {
			return in.unsupported("more than %d statements are to be followed", maxStatements)
		}
		if err := in.statement(st, s, name); err != nil || s.done {
			return err
		}
	}
	return nil
}

func (in *interpreter) statement(st statement, s *scope, name string) (err error) {
	at := func(line int32) { in.where = fmt.Sprintf("%s, line %d", name, line) }
	switch st := st.(type) {
	case *evaluated:
		at(st.line)
		_, err = in.evaluate(st.value, s)
		return err
	case *returned:
		at(st.line)
		if st.value != nil {
			s.result, err = in.evaluate(st.value, s)
		}
		s.done = true
		return err
	case *conditional:
		at(st.line)
		c, err := in.condition(st.condition, s)
		if err != nil {
			return err
		}
		if c {
			return in.run(st.yes, s, name)
		}
		return in.run(st.no, s, name)
	case *loop:
		at(st.line)
		return in.loop(st, s, name)
	}
	a := st.(*assignment)
	at(a.line)
	v, err := in.evaluate(a.value, s)
	if err != nil {
		return err
	}
	return in.assign(a, v, s)
}

func (in *interpreter) condition(e expression, s *scope) (bool, error) {
	v, err := in.evaluate(e, s)
	if err != nil {
		return false, err
	}
	c, ok := v.(bool)
	if !ok {
		return false, in.unsupported("a condition on %s", describe(v))
	}
	return c, nil
}

func (in *interpreter) loop(l *loop, s *scope, name string) error {
	v, err := in.evaluate(l.count, s)
	if err != nil {
		return err
	}
	n, ok := v.(int64)
	if !ok {
		return in.unsupported("a loop over %s, want a constant length", describe(v))
	}
	for i := int64(0); i < n && !s.done; i++ {
		if err := in.spend(1); err != nil {
			return err
		}
		s.variables[l.variable] = i
		if err := in.run(l.body, s, name); err != nil {
			return err
		}
	}
	return nil
}

// assign gives a value to variables, or to an attribute.
func (in *interpreter) assign(a *assignment, v value, s *scope) error {
	values := []value{v}
	if a.tuple {
		l, ok := v.(*list)
		if !ok || len(l.items) != len(a.targets) {
			return in.unsupported("%s is given to %d variables", describe(v), len(a.targets))
		}
		values = l.items
	}
	for i, target := range a.targets {
		switch target := target.(type) {
		case *reference:
			s.variables[target.name] = values[i]
		case *attribute:
			of, err := in.evaluate(target.of, s)
			if err != nil {
				return err
			}
			o, ok := of.(*pickle.Object)
			if !ok {
				return in.unsupported("an attribute of %s is changed", describe(of))
			}
			if err := in.change(place{o, target.name}, values[i]); err != nil {
				return err
			}
		default:
			return in.unsupported("an assignment to a part of a value")
		}
	}
	return nil
}

func (in *interpreter) evaluate(e expression, s *scope) (value, error) {
	if err := in.spend(1); err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case *literal:
		return e.value, nil
	case *reference:
		return in.lookUp(e.name, s)
	case *sequence:
		l := &list{}
		for _, item := range e.items {
			v, err := in.evaluate(item, s)
			if err != nil {
				return nil, err
			}
			l.items = append(l.items, v)
		}
		return l, nil
	case *attribute:
		if name, ok := dotted(e); ok {
			if root, _, _ := strings.Cut(name, "."); s.variables[root] == nil {
				return in.global(name)
			}
		}
		of, err := in.evaluate(e.of, s)
		if err != nil {
			return nil, err
		}
		return in.attribute(of, e.name)
	case *subscript:
		return in.subscript(e, s)
	}
	return in.invoke(e.(*invocation), s)
}

// lookUp returns a variable, or a name that is known everywhere.
func (in *interpreter) lookUp(name string, s *scope) (value, error) {
	if v, ok := s.variables[name]; ok {
		return v, nil
	}
	switch name {
	case "inf":
		return math.Inf(1), nil
	case "nan":
		return math.NaN(), nil
	case "int", "float", "bool", "annotate", "unchecked_cast", "uninitialized", "getattr", "isinstance":
		return &callable{name: name}, nil
	case "Tensor", "Optional", "List", "Tuple", "Dict", "str", "NoneType", "number", "Final", "Device":
		return nil, nil // a type
	}
	return nil, in.unsupported("the name %.60q is not known", name)
}

// dotted returns the name "a.b.c" of an expression that is one.
func dotted(e expression) (string, bool) {
	switch e := e.(type) {
	case *reference:
		return e.name, true
	case *attribute:
		if of, ok := dotted(e.of); ok {
			return of + "." + e.name, true
		}
	}
	return "", false
}

// global returns a function of the code, an operator, or a constant.
func (in *interpreter) global(name string) (value, error) {
	root, rest, _ := strings.Cut(name, ".")
	switch root {
	case "torch", "ops":
		return &callable{name: rest}, nil
	case "CONSTANTS":
		var i int
		if _, err := fmt.Sscanf(rest, "c%d", &i); err != nil || i < 0 || i >= len(in.script.Constants) {
			return nil, in.unsupported("the constant %.40q", name)
		}
		return in.wrap(in.script.Constants[i], nil)
	case "__torch__":
		module, last := split(name)
		f, err := in.file(module)
		if err != nil {
			return nil, err
		}
		if f.functions[last] != nil {
			return &callable{name: name, script: f.functions[last]}, nil
		}
		return nil, in.unsupported("an object of the class %.80q is made", name)
	}
	return nil, in.unsupported("the name %.60q is not known", name)
}

// attribute returns an attribute of a module: a value, a constant of its class, or a
// method.
func (in *interpreter) attribute(of value, name string) (value, error) {
	o, ok := of.(*pickle.Object)
	if !ok {
		return nil, in.unsupported("the attribute %.60q of %s", name, describe(of))
	}
	if v, ok := in.buffers[place{o, name}]; ok {
		return v, nil
	}
	if v, ok := o.Attrs[name]; ok {
		return in.wrap(v, &place{o, name})
	}
	c, err := in.class(o)
	if err != nil {
		return nil, err
	}
	if f := c.methods[name]; f != nil {
		return &callable{name: o.Class + "." + name, self: o, script: f}, nil
	}
	if e := c.constants[name]; e != nil {
		return in.evaluate(e, &scope{})
	}
	return nil, in.unsupported("%s has no attribute %.60q", describe(o), name)
}

func (in *interpreter) subscript(e *subscript, s *scope) (value, error) {
	of, err := in.evaluate(e.of, s)
	if err != nil {
		return nil, err
	}
	if of == nil {
		return nil, nil // a type, such as Optional[Tensor]
	}
	index, err := in.evaluate(e.index, s)
	if err != nil {
		return nil, err
	}
	l, ok := of.(*list)
	i, whole := index.(int64)
	if !ok || !whole {
		return nil, in.unsupported("%s of %s", describe(index), describe(of))
	}
	if i < 0 {
		i += int64(len(l.items))
	}
	if i < 0 || i >= int64(len(l.items)) {
		return nil, in.unsupported("number %d of %s", i, describe(of))
	}
	return l.items[i], nil
}

func (in *interpreter) invoke(e *invocation, s *scope) (value, error) {
	fn, err := in.evaluate(e.function, s)
	if err != nil {
		return nil, err
	}
	f, ok := fn.(*callable)
	if !ok {
		return nil, in.unsupported("%s is called", describe(fn))
	}
	var arguments []value
	for _, a := range e.arguments {
		v, err := in.evaluate(a, s)
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, v)
	}
	named := map[string]value{}
	for _, a := range e.named {
		if named[a.name], err = in.evaluate(a.value, s); err != nil {
			return nil, err
		}
	}
	if f.script != nil {
		return in.call(f, arguments, named)
	}
	return in.operate(f.name, arguments, named)
}
