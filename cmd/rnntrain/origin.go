package main

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/models"
	"github.com/rnnrun/rnnrun/trainer"
)

// An origin is the model of --from, from which training starts.
type origin struct {
	name    string // as it was given
	sum     string // SHA-256 of the file
	model   *format.Model
	network *trainer.Network
}

// addFrom adds the flag --from.
func (f *networkFlags) addFrom(c *cobra.Command) {
	c.Flags().StringVar(&f.from, "from", "", "fine-tune MODEL, a .rnn file or builtin:NAME: start from its weights, and keep its vocabulary, columns and labels")
	if err := c.RegisterFlagCompletionFunc("from", cli.CompleteModel); err != nil {
		panic(err) // the flag exists
	}
}

// origin returns the model of --from, without its front end for sounds; nil: there is no
// --from.
func (f *networkFlags) origin(task format.Task, front *frontend.FrontEnd) (*origin, error) {
	if f.from == "" {
		return nil, nil
	}
	data, err := readModel(f.from)
	if err != nil {
		return nil, fmt.Errorf("--from: %w", err)
	}
	o := &origin{name: f.from, sum: fmt.Sprintf("%x", sha256.Sum256(data))}
	if o.model, err = format.Read(data); err != nil {
		return nil, fmt.Errorf("--from %s: %w", f.from, err)
	}
	if o.model.Task != task {
		return nil, cli.Usagef("--from %s: it is a model for the task %v, but this command trains for %v", f.from, o.model.Task, task)
	}
	if o.model.Embedding != nil && o.model.Tokenizer == nil {
		return nil, fmt.Errorf("--from %s: it has no tokenizer to read texts with", f.from)
	}
	if err := o.takeFrontEnd(front); err != nil {
		return nil, err
	}
	if o.network, err = trainer.FromModel(o.model); err != nil {
		return nil, fmt.Errorf("--from %s: %w", f.from, err)
	}
	return o, nil
}

// takeFrontEnd removes the front end from the model. It must be the front end of the
// flags.
func (o *origin) takeFrontEnd(front *frontend.FrontEnd) (err error) {
	has := cli.Property(o.model, frontEndProperty)
	if front == nil {
		if has != "" {
			return cli.Usagef("--from %s: it reads sounds with the front end %s: train it on sounds, with this --front-end", o.name, message.Quote(has))
		}
		return nil
	}
	behind, err := front.After(o.model)
	switch {
	case err == nil:
		o.model = behind
		return nil
	case has != "":
		return cli.Usagef("--from %s: it was trained with the front end %s: give the same --front-end (%v)", o.name, message.Quote(has), err)
	}
	return cli.Usagef("--from %s: %v: leave out --from, and train a new model", o.name, err)
}

func readModel(name string) ([]byte, error) {
	if builtin, ok := strings.CutPrefix(name, cli.Builtin); ok {
		return models.File(builtin)
	}
	return os.ReadFile(name)
}

// newNetwork returns the network to train: the origin's, or a new one if o is nil.
func (o *origin) newNetwork(a trainer.Architecture, seed uint64) (*trainer.Network, error) {
	if o == nil {
		return trainer.NewNetwork(a, seed)
	}
	return o.network, nil
}

// A setting is a property of the model that a flag could choose.
type setting struct {
	flag  string
	value any
}

// agree refuses flags that contradict the model, and flags that have no effect because
// the model already has the setting.
func (o *origin) agree(c *cobra.Command, settings ...setting) error {
	if o == nil {
		return nil
	}
	for _, s := range append(o.shape(), settings...) {
		flag := c.Flags().Lookup(s.flag)
		if flag == nil || !flag.Changed || flag.Value.String() == fmt.Sprint(s.value) {
			continue
		}
		return cli.Usagef("--%s %v: %s, which --from names, has %v; leave out one of the two flags", s.flag, flag.Value, o.name, s.value)
	}
	for _, name := range []string{"init", "recurrent-init", "forget-bias", "vocabulary", "min-count", "labels",
		"source-vocabulary", "source-min-count", "target-vocabulary", "target-min-count"} {
		if flag := c.Flags().Lookup(name); flag != nil && flag.Changed {
			return cli.Usagef("--%s has no effect with --from: %s already has this setting; leave it out", name, o.name)
		}
	}
	return nil
}

// shape lists the settings of the network and, if there is one, of its tokenizer.
func (o *origin) shape() []setting {
	m := o.model
	var cells, hidden []string
	add := func(list []string, s string) []string {
		if slices.Contains(list, s) {
			return list
		}
		return append(list, s)
	}
	for i := range m.Layers {
		cells = add(cells, cellName(&m.Layers[i]))
		hidden = add(hidden, fmt.Sprint(m.Layers[i].HiddenSize))
	}
	settings := []setting{
		{"cell", strings.Join(cells, " and ")},
		{"hidden", strings.Join(hidden, " and ")},
		{"layers", len(m.Layers)},
		{"bidirectional", m.Bidirectional()},
		{"pool", m.Pool},
		{"tie", o.network.Tied()},
	}
	if m.Embedding != nil {
		settings = append(settings, setting{"embedding", m.Embedding.Size})
	}
	if z := m.Tokenizer; z != nil {
		settings = append(settings, setting{"tokens", strings.TrimSuffix(z.Kind.String(), "s")},
			setting{"lowercase", z.Lowercase}, setting{"max-run", z.MaxRun}, setting{"max-length", z.MaxLength})
	}
	return settings
}

// cellName returns the name of a cell for --cell.
func cellName(l *format.Layer) string {
	for name, v := range cells {
		if v.cell == l.Cell && v.variant == l.Variant {
			return name
		}
	}
	return fmt.Sprintf("%v %v", l.Cell, l.Variant)
}

// property returns the provenance of the starting model.
func (o *origin) property() format.Property {
	name := o.name
	if !strings.HasPrefix(name, cli.Builtin) {
		name = filepath.Base(name)
	}
	return format.Property{Key: "started from", Value: name + ", sha256 " + o.sum}
}

// keep makes the examples use the model's classes and normalization.
func (o *origin) keep(t *labelledSet) error {
	m := o.model
	switch {
	case t.width > 0 && m.Embedding != nil:
		return fmt.Errorf("--from %s: it reads texts, but %s has numbers", o.name, t.paths[0])
	case t.width == 0 && m.Embedding == nil:
		return fmt.Errorf("--from %s: it reads numbers, but %s has texts", o.name, t.paths[0])
	case t.width > 0 && t.width != m.InputSize:
		return fmt.Errorf("--from %s: it reads %s per step, but %s has %d", o.name, message.Count(m.InputSize, "number"), t.paths[0], t.width)
	}
	if t.labels = dataOf(m).Labels; t.labels == nil {
		t.labels = m.Labels
	}
	if len(t.labels) != m.OutputSize() {
		return fmt.Errorf("--from %s: it does not record the data labels of its %d classes", o.name, m.OutputSize())
	}
	t.normalization = m.Normalization
	return nil
}

// forecaster sets the columns, targets and horizon from the model, and refuses flags that
// contradict it.
func (o *origin) forecaster(c *cobra.Command, columns, targets *[]string, horizon *int, binary *bool) error {
	d := dataOf(o.model)
	if d.Horizon < 1 || len(d.Columns) == 0 || len(d.Targets) == 0 {
		return fmt.Errorf("--from %s: it does not record which columns it reads and predicts, so rnntrain forecast did not make it", o.name)
	}
	sigmoid := o.model.Output == format.OutputSigmoid
	if err := o.agree(c, setting{"columns", listText(d.Columns)}, setting{"targets", listText(d.Targets)},
		setting{"horizon", d.Horizon}, setting{"binary", sigmoid}); err != nil {
		return err
	}
	*columns, *targets, *horizon, *binary = d.Columns, d.Targets, d.Horizon, sigmoid
	return nil
}

// listText returns names in the form of a flag's list: as a CSV record.
func listText(names []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(names); err != nil {
		panic(err) // a strings.Builder never fails
	}
	w.Flush()
	return "[" + strings.TrimSuffix(b.String(), "\n") + "]"
}
