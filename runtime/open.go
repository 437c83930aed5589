package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/format"
)

// Open loads the named model file into the memory of the process, as [format.Open]
// does, so later changes of the file have no effect. All models and sessions that are
// made from the result share its weights; other processes, and other calls of Open,
// have their own.
//
// Errors are those of [format.Open] and [New].
func Open(path string, opts ...Option) (*Model, error) { return open(path, opts, bind) }

// A binder makes a model from a valid description.
type binder[M any] func(description *format.Model, opts []Option) (M, error)

func open[M any](path string, opts []Option, bind binder[M]) (m M, err error) {
	file, err := format.Open(path)
	if err != nil {
		return m, err
	}
	description := file.Detach()
	m, err = bind(description, opts)
	runtime.KeepAlive(description)
	return m, err
}

// Load loads a model from the bytes of its file, which must not be changed
// afterwards. The weights are used in place if data starts at a multiple of
// 64 bytes; otherwise data is copied once.
//
// Errors are those of [format.Read] and [New].
func Load(data []byte, opts ...Option) (*Model, error) { return load(data, opts, bind) }

func load[M any](data []byte, opts []Option, bind binder[M]) (m M, err error) {
	description, err := format.Read(format.Align(data))
	if err != nil {
		return m, err
	}
	return bind(description, opts)
}
