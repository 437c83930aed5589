//go:build !linux

package format

// inMemory returns that many bytes of aligned memory, which fill has filled. unmap
// is nil: the garbage collector releases it.
func inMemory(size int, fill func([]byte) error) (data []byte, unmap func() error, err error) {
	data = makeAligned(size)
	return data, nil, fill(data)
}
