package runtime

import "github.com/rnnrun/rnnrun/kernels"

// An Option changes how a model is loaded.
type Option func(*options)

type options struct {
	kernels string
	folding folding
}

// WithKernels chooses the kernel set by its name, as [kernels.ByName] does.
// Without it the set is that of [kernels.Default].
func WithKernels(name string) Option { return func(o *options) { o.kernels = name } }

func withFolding(f folding) Option { return func(o *options) { o.folding = f } }

func (o *options) set() (*kernels.Set, error) {
	if o.kernels == "" {
		return kernels.Default()
	}
	return kernels.ByName(o.kernels)
}
