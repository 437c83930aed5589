package format

import "runtime"

// A mapping is memory from the system that the garbage collector does not know, and that is
// released once the mapping is not reachable.
type mapping struct {
	data []byte
}

func newMapping(data []byte, unmap func() error) *mapping {
	m := &mapping{data}
	runtime.AddCleanup(m, func(unmap func() error) { _ = unmap() }, unmap)
	return m
}

// Detach returns the model of the file, which then owns the memory: it is released
// once neither the model, nor a copy of the struct, nor its decoder, nor what
// package runtime made from one of them is reachable. A slice or a string of the
// model does not keep the memory. The file is closed.
func (f *File) Detach() *Model {
	m := f.Model
	if f.unmap != nil {
		m.mapping = newMapping(f.Data, f.unmap)
		if m.Decoder != nil {
			m.Decoder.mapping = m.mapping
		}
	}
	f.Model, f.Data, f.unmap = nil, nil, nil
	return m
}
