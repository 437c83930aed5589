package score

import (
	"context"
	"io"
	"strings"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A source is a model that is opened once per process, however many bundles use it.
type source struct {
	name    string
	threads int
}

// A shared is an open model with its users.
type shared struct {
	model *rnn.Model
	users int // bundles
}

// models are the open models. Beam's harness does not tell a DoFn that the job is over,
// so a model without users stays open for the next bundle, until another model is opened.
var models = struct {
	sync.Mutex
	open map[source]*shared
}{open: map[source]*shared{}}

// acquire returns the model. It opens the model if necessary. The caller must release it.
func (s source) acquire(ctx context.Context) (*rnn.Model, error) {
	models.Lock()
	defer models.Unlock()
	k := models.open[s]
	if k == nil {
		if err := closeIdle(); err != nil {
			return nil, err
		}
		m, err := Open(ctx, s.name, rnn.WithThreads(max(s.threads, 1)))
		if err != nil {
			return nil, err
		}
		k = &shared{model: m}
		models.open[s] = k
	}
	k.users++
	return k.model, nil
}

func (s source) release() {
	models.Lock()
	defer models.Unlock()
	models.open[s].users--
}

// CloseModels closes the models that no bundle uses. Call it after a job whose workers
// were in this process.
func CloseModels() error {
	models.Lock()
	defer models.Unlock()
	return closeIdle()
}

func closeIdle() error {
	for s, k := range models.open {
		if k.users > 0 {
			continue
		}
		delete(models.open, s)
		if err := k.model.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Open opens a model: builtin:NAME, a path, or a URL of one of Beam's file systems.
func Open(ctx context.Context, name string, opts ...rnn.Option) (*rnn.Model, error) {
	if !strings.Contains(name, "://") {
		return cli.OpenModel(name, opts...)
	}
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	defer fs.Close()
	r, err := fs.OpenRead(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return rnn.Load(data, opts...)
}

// A use is a bundle's use of a model.
type use struct {
	source source
	model  *rnn.Model // nil: no bundle is being processed
}

// begin begins a bundle.
func (u *use) begin(ctx context.Context, o *Options) (err error) {
	u.source = source{o.Model, o.Threads}
	u.model, err = u.source.acquire(ctx)
	return err
}

// end ends a bundle. Call it also before returning an error: Beam does not finish a
// failed bundle.
func (u *use) end() {
	if u.model != nil {
		u.model = nil
		u.source.release()
	}
}
