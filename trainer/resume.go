package trainer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
)

// Checkpoints say where and when [Fit] writes checkpoints. A training that is
// killed at any moment and resumed ends with the same bits as one that is never
// interrupted.
type Checkpoints struct {
	Path  string // the file, which is replaced every time; "": no checkpoints
	Every int    // steps between checkpoints; 0: only at the end of an epoch
	// Resume continues from the checkpoint. If there is none, the training
	// starts anew.
	Resume bool
	// Identity lists what a checkpoint and the training must have in common in
	// addition to what Fit compares itself, such as the hash of the data.
	Identity []format.Property
}

// A state is the part of a checkpoint that is not in arrays.
type state struct {
	Identity  []format.Property `json:"identity"`  // distinguishes trainings
	Step      int               `json:"step"`      // steps made; with the seed, they are the state of the dropout masks
	Epoch     int               `json:"epoch"`     // the current epoch, from 1
	Minibatch int               `json:"minibatch"` // minibatches of it that are done
	Order     []byte            `json:"order"`     // the data's random generator at the start of the epoch
	LossSum   float64           `json:"loss_sum"`  // over the epoch's steps
	Losses    []float64         `json:"losses"`    // of every epoch that ended: see [SchedulePoint]
	Result    FitResult         `json:"result"`    // the best epoch so far
	Tokens    int               `json:"tokens"`    // time-steps seen
	Elapsed   time.Duration     `json:"elapsed"`
	// The values of the last step, which the report of the epoch's end repeats.
	LearningRate float64 `json:"learning_rate"`
	GradientNorm float64 `json:"gradient_norm"`
}

// identity lists everything that determines a training's bits.
func (f *fit) identity() []format.Property {
	var list []format.Property
	add := func(key string, value any) {
		list = append(list, format.Property{Key: key, Value: fmt.Sprint(value)})
	}
	o, m := &f.options, f.trainer.net.model
	add("task", fmt.Sprintf("%T of %d steps an epoch", f.task, f.task.Minibatches()))
	add("network", describe(m))
	add("epochs", o.Epochs)
	add("learning rate", o.LearningRate)
	add("schedule", o.Schedule)
	add("patience", o.Patience)
	add("optimizer", f.trainer.options.Optimizer)
	add("clipping", fmt.Sprintf("value %g, norm %g", o.ClipValue, o.Clip))
	add("dropout", fmt.Sprintf("%g, input %g, recurrent %g", o.Dropout, o.InputDropout, o.RecurrentDropout))
	add("learning rates", o.LearningRates) // printed in the order of their names
	add("tied weights", f.trainer.net.tied)
	add("parts", o.Parts)
	add("seed", o.Seed)
	if dtype := f.trainer.net.dtype; dtype != format.DTypeF32 {
		add("number format", dtype)
	}
	return append(list, o.Checkpoints.Identity...)
}

// describe returns a description of a network's shape.
func describe(m *format.Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v", m.Task)
	if m.Embedding != nil {
		fmt.Fprintf(&b, ", embedding %d×%d", m.Embedding.Tokens, m.Embedding.Size)
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		fmt.Fprintf(&b, ", %v %v %d→%d×%d", l.Cell, l.Variant, l.InputSize, l.HiddenSize, len(l.Directions))
	}
	if m.Head != nil {
		fmt.Fprintf(&b, ", head %d", m.Head.OutputSize)
	}
	fmt.Fprintf(&b, ", %v %v", m.Pool, m.Output)
	if m.Decoder != nil {
		fmt.Fprintf(&b, "; decoder: %s", describe(m.Decoder))
	}
	return b.String()
}

// save writes a checkpoint, unless there is no path or nothing is new.
func (f *fit) save() error {
	path := f.options.Checkpoints.Path
	if path == "" || f.saved == f.at.Step && f.saved > 0 && f.savedEpoch == f.at.Epoch {
		return nil
	}
	c := &checkpoint{State: f.at, Arrays: f.arrays()}
	c.State.Identity = f.identity()
	c.State.Elapsed = f.elapsed()
	c.State.LearningRate, c.State.GradientNorm = f.rate, f.trainer.norm
	if err := writeCheckpoint(path, c); err != nil {
		return err
	}
	f.saved, f.savedEpoch = f.at.Step, f.at.Epoch
	return nil
}

// arrays lists the arrays of a checkpoint.
func (f *fit) arrays() []array {
	list := f.trainer.arrays()
	for i, b := range f.best {
		list = append(list, array{Name: "best/" + f.trainer.net.parameters[i].name, data: b})
	}
	return list
}

// resume restores the state of the checkpoint. If there is none, it returns an
// error that is os.ErrNotExist, and changes nothing.
func (f *fit) resume() error {
	path := f.options.Checkpoints.Path
	if path == "" {
		return errors.New("cannot resume without a checkpoint: give its path")
	}
	c, err := readCheckpoint(path)
	if err != nil {
		return err
	}
	if d := difference(c.State.Identity, f.identity()); d != "" {
		return &CheckpointError{Path: path, Err: ErrMismatch, Cause: d}
	}
	if c.State.Result.Epoch > 0 {
		f.best = like(f.trainer.net.parameters)
	}
	if err := f.load(c); err != nil {
		return &CheckpointError{Path: path, Err: ErrCorrupt, Cause: err.Error()}
	}
	f.at, f.before = c.State, c.State.Elapsed
	f.saved, f.savedEpoch = f.at.Step, f.at.Epoch
	f.trainer.step = c.State.Step
	f.rate, f.trainer.norm = c.State.LearningRate, c.State.GradientNorm
	if err := f.trainer.net.refresh(); err != nil {
		return &CheckpointError{Path: path, Err: ErrCorrupt, Cause: err.Error()}
	}
	return f.rng.UnmarshalBinary(c.State.Order)
}

// difference returns how two trainings differ, or "".
func difference(was, is []format.Property) string {
	values := map[string]string{}
	for _, p := range was {
		values[p.Key] = p.Value
	}
	var list []string
	for _, p := range is {
		if v, found := values[p.Key]; !found || v != p.Value {
			list = append(list, fmt.Sprintf("%s was %q, and is now %q", p.Key, v, p.Value))
		}
		delete(values, p.Key)
	}
	for _, p := range was {
		if v, gone := values[p.Key]; gone {
			list = append(list, fmt.Sprintf("%s was %q, and is not given now", p.Key, v))
		}
	}
	return strings.Join(list, "; ")
}

// load copies the arrays of the checkpoint to those of the training.
func (f *fit) load(c *checkpoint) error {
	given := map[string][]float32{}
	for _, a := range c.Arrays {
		if err := f.trainer.makeRoom(a.Name, len(a.data)); err != nil {
			return err
		}
		given[a.Name] = a.data
	}
	for _, a := range f.arrays() {
		data, found := given[a.Name]
		if !found || len(data) != len(a.data) {
			return fmt.Errorf("the array %s has %d numbers, want %d", a.Name, len(data), len(a.data))
		}
		copy(a.data, data)
	}
	return nil
}

// arrays lists everything that the trainer learns and remembers.
func (t *Trainer) arrays() []array {
	var list []array
	add := func(kind string, values [][]float32) {
		for i, p := range t.net.parameters {
			list = append(list, array{Name: kind + "/" + p.name, data: values[i]})
		}
	}
	weights := make([][]float32, len(t.net.parameters))
	for i, p := range t.net.parameters {
		weights[i] = p.data
	}
	add("weights", weights)
	for _, m := range t.options.Optimizer.moments() {
		add(m.name, m.values)
	}
	for i, p := range t.replicas {
		for l := range p.layers {
			for d, direction := range p.layers[l].directions {
				list = append(list,
					array{Name: fmt.Sprintf("carried/%d/%d/%d/h", i, l, d), data: direction.finalH},
					array{Name: fmt.Sprintf("carried/%d/%d/%d/c", i, l, d), data: direction.finalC})
			}
		}
	}
	return list
}

// makeRoom makes room for the n numbers of a carried state, if name is the name of
// one.
func (t *Trainer) makeRoom(name string, n int) error {
	var replica, layer, direction int
	var state string
	if _, err := fmt.Sscanf(name, "carried/%d/%d/%d/%s", &replica, &layer, &direction, &state); err != nil {
		return nil
	}
	const most = 1 << 16 // parts of a minibatch
	layers := t.net.model.Layers
	if replica < 0 || replica >= most || layer < 0 || layer >= len(layers) ||
		direction < 0 || direction >= len(layers[layer].Directions) {
		return fmt.Errorf("the network has no array %s", name)
	}
	t.needReplicas(replica + 1)
	d := t.replicas[replica].layers[layer].directions[direction]
	if state == "h" {
		d.finalH = grow(d.finalH, n)
	} else {
		d.finalC = grow(d.finalC, n)
	}
	return nil
}
