package runtime

import (
	"cmp"

	"github.com/rnnrun/rnnrun/kernels"
)

// An Option changes how a model is loaded.
type Option func(*options)

type options struct {
	kernels string
	threads int
	shared  int // fewest bytes of weights whose product threads share; 0: kernels.WorthSharing
	folding folding
}

// WithKernels chooses the kernel set by its name, as [kernels.ByName] does. The
// default is [kernels.Default].
func WithKernels(name string) Option { return func(o *options) { o.kernels = name } }

// WithThreads computes each large product on up to n threads: the caller's goroutine
// and n-1 workers, which all sessions, batches and translators of the model share. The
// bits are the same for every n. The default is 1: no other goroutine.
//
// It shortens a step if a layer's weights take more than about 128 KiB. In a batch or a
// sequence, the weights count once for each vector that they multiply. Smaller layers run
// on the caller's goroutine only. A step that finds the workers busy does not wait for
// them, so a program that keeps all cores busy with sessions on its own goroutines gains
// nothing. Nor do more threads than processors ([runtime.GOMAXPROCS]) help.
//
// After a step, workers spin for up to 50 µs, which takes a processor's time, and then
// end; the next step starts them again. So there is nothing to close, and a stream with a
// step every few milliseconds pays a few microseconds for the start. WebAssembly has no
// threads: n is treated as 1.
func WithThreads(n int) Option { return func(o *options) { o.threads = n } }

func withFolding(f folding) Option { return func(o *options) { o.folding = f } }

func (o *options) set() (*kernels.Set, error) {
	set, err := o.named()
	if err != nil {
		return nil, err
	}
	return set.WithThreads(o.threads, cmp.Or(o.shared, kernels.WorthSharing)), nil
}

func (o *options) named() (*kernels.Set, error) {
	if o.kernels == "" {
		return kernels.Default()
	}
	return kernels.ByName(o.kernels)
}
