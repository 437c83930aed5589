package trainer

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"github.com/viterin/vek/vek32"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// ErrNotFinite is wrapped by every [NotFiniteError].
var ErrNotFinite = errors.New("not finite")

// A NotFiniteError reports the step at which the loss or a gradient became NaN or
// infinite. The weights are as before the step.
type NotFiniteError struct {
	Step         int // from 1
	LearningRate float64
	Loss         float64 // before the step
	Norm         float64 // of all gradients, before clipping
}

func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("step %d: the loss is %.4g and the norm of its gradients %.4g, at learning rate %.4g: "+
		"try a lower learning rate, gradient clipping, a warm-up or another seed",
		e.Step, e.Loss, e.Norm, e.LearningRate)
}

// Unwrap returns [ErrNotFinite].
func (e *NotFiniteError) Unwrap() error { return ErrNotFinite }

// Options say how a [Trainer] makes its steps.
type Options struct {
	Optimizer Optimizer // nil: Adam
	// ClipValue first limits each gradient to ±ClipValue. Clip then limits the
	// norm of all gradients (Pascanu et al. 2013). 0: no limit.
	ClipValue, Clip float64
	// LearningRates are factors of the learning rate for the parameter groups
	// of [Network.ParameterGroups]. Other groups have the factor 1. A group
	// with the factor 0 is not trained.
	LearningRates map[string]float64
	// Dropout is the probability of dropout in the outputs of every recurrent
	// layer, and InputDropout in the first layer's inputs: the embedding, or the
	// numbers.
	Dropout, InputDropout float64
	// RecurrentDropout is the probability of dropout in the states that a step
	// reads, with one mask for all steps of a sequence (Gal & Ghahramani 2016).
	RecurrentDropout float64
	// Parts is the number of parts into which a minibatch is split. Their
	// gradients are summed at the end. If there are more cores than parts,
	// several cores share a part. The weights' bits depend on the number of
	// parts, but not on the number of cores. 0: one for every 8 sequences, at
	// most 8.
	Parts int
	Seed  uint64 // for the dropout masks
	// Waveform, if not nil, is the training loss instead of the squared error.
	// Validation losses are still squared errors.
	Waveform *WaveformLoss
}

// A Trainer makes optimization steps on a network.
type Trainer struct {
	net      *Network
	options  Options
	replicas []*replica
	rates    []float64 // factors of the learning rate, by parameter
	step     int       // steps made
	norm     float64   // of the last step's gradients, before clipping
}

// NewTrainer returns a trainer of the network. It panics if LearningRates names a
// parameter group that the network does not have.
func NewTrainer(net *Network, options Options) *Trainer {
	if options.Optimizer == nil {
		options.Optimizer = &Adam{}
	}
	options.Optimizer.reset(net.parameters, net.kernels)
	t := &Trainer{net: net, options: options}
	if err := options.check(net); err != nil {
		panic(err)
	}
	for _, p := range net.parameters {
		rate, found := options.LearningRates[p.group]
		if !found {
			rate = 1
		}
		t.rates = append(t.rates, rate)
	}
	return t
}

// check returns which option does not fit the network, or nil.
func (o *Options) check(net *Network) error {
	groups := net.ParameterGroups()
	for _, name := range slices.Sorted(maps.Keys(o.LearningRates)) {
		if !slices.Contains(groups, name) {
			return fmt.Errorf("there is a learning rate for %q, but the parameter groups are %q", name, groups)
		}
	}
	if m := net.model; o.Waveform != nil && (m.Decoder != nil || m.Output != format.OutputLinear || m.Pool != format.PoolNone || m.OutputSize() != 1) {
		return errors.New("a waveform loss needs a network with one linear output at every step")
	}
	return nil
}

// Step makes one optimization step on a minibatch at learning rate lr, and
// returns the mean loss before it. With carry, the sequences continue those of
// the last step, which must have had as many: the state is carried over, but
// gradients are not (truncated back-propagation through time). The error is a
// [*NotFiniteError] if the loss or a gradient is NaN or infinite.
func (t *Trainer) Step(sequences []dataset.Sequence, lr float64, carry bool) (float64, error) {
	loss, err := t.gradients(sequences, carry)
	if err != nil {
		return 0, err
	}
	t.norm = t.clip()
	if sum := loss + t.norm; math.IsNaN(sum) || math.IsInf(sum, 0) {
		return loss, &NotFiniteError{Step: t.step + 1, LearningRate: lr, Loss: loss, Norm: t.norm}
	}
	t.step++
	if err := t.update(lr); err != nil {
		return loss, fmt.Errorf("step %d, at learning rate %.4g: %w", t.step, lr, err)
	}
	return loss, nil
}

// gradients leaves the gradients of the mean loss in the first replica.
func (t *Trainer) gradients(sequences []dataset.Sequence, carry bool) (float64, error) {
	parts := split(sequences, t.options.Parts)
	o := &t.options
	drop := dropout{input: float32(o.InputDropout), layers: float32(o.Dropout), recurrent: float32(o.RecurrentDropout)}
	targets := countTargets(outputModel(t.net.model), sequences)
	if targets == 0 {
		return 0, errors.New("the minibatch has no targets: it is empty, or all targets are dataset.Ignore or NaN")
	}
	losses := make([]float64, len(parts))
	err := t.run(parts, func(i int, p *replica) error {
		p.rng = rand.New(rand.NewPCG(t.options.Seed, uint64(t.step)<<8|uint64(i)))
		p.clearGradients()
		p.forward(carry, drop)
		p.waveform = o.Waveform
		losses[i] = p.backward(targets)
		return nil
	})
	if err != nil {
		return 0, err
	}
	t.reduce(len(parts))
	var sum float64
	for _, l := range losses {
		sum += l
	}
	return sum / float64(targets), nil
}

// run loads a part of a minibatch into each replica, and calls f with it.
func (t *Trainer) run(parts [][]dataset.Sequence, f func(i int, p *replica) error) error {
	t.needReplicas(len(parts))
	errs := make([]error, len(parts))
	cores := max(1, runtime.GOMAXPROCS(0)/len(parts))
	parallel(len(parts), func(i int) {
		p := t.replicas[i]
		p.useCores(cores)
		if errs[i] = p.load(parts[i]); errs[i] == nil {
			errs[i] = f(i, p)
		}
	})
	return errors.Join(errs...)
}

func (t *Trainer) needReplicas(n int) {
	for len(t.replicas) < n {
		t.replicas = append(t.replicas, newReplica(t.net))
	}
}

// split splits a minibatch into n parts with nearly the same number of
// sequences.
func split(sequences []dataset.Sequence, n int) [][]dataset.Sequence {
	if n == 0 {
		n = min(8, len(sequences)/8)
	}
	n = max(1, min(n, len(sequences)))
	parts := make([][]dataset.Sequence, n)
	for i := range parts {
		parts[i] = sequences[i*len(sequences)/n : (i+1)*len(sequences)/n]
	}
	return parts
}

// reduce adds the gradients of n replicas to the first, in order.
func (t *Trainer) reduce(n int) {
	t.chunks(func(i, from, to int) {
		sum := t.replicas[0].grads[i].data[from:to]
		for _, p := range t.replicas[1:n] {
			vek32.Add_Inplace(sum, p.grads[i].data[from:to])
		}
	})
}

// clip limits the gradients and then their norm, and returns the norm between
// the two. The scale is clip/(norm+1e-6), as in PyTorch's clip_grad_norm_.
func (t *Trainer) clip() float64 {
	if bound := float32(t.options.ClipValue); bound > 0 {
		for _, g := range t.replicas[0].grads {
			for k, v := range g.data {
				if v > bound || v < -bound { // NaN stays
					g.data[k] = float32(math.Copysign(float64(bound), float64(v)))
				}
			}
		}
	}
	var sum float64
	for i, p := range t.net.parameters {
		g := t.replicas[0].grads[i].data
		if p.copies == nil { // most are nil, and this is the only long loop on one core
			for _, v := range g {
				sum += float64(v) * float64(v)
			}
			continue
		}
		for k, v := range g {
			sum += float64(v) * float64(v) * float64(p.copies[k])
		}
	}
	norm := math.Sqrt(sum)
	if bound := t.options.Clip; bound > 0 && norm > bound {
		scale := float32(bound / (norm + 1e-6))
		for _, g := range t.replicas[0].grads {
			vek32.MulNumber_Inplace(g.data, scale)
		}
	}
	return norm
}

func (t *Trainer) update(lr float64) error {
	t.chunks(func(i, from, to int) {
		p := &t.net.parameters[i]
		var copies []float32
		if p.copies != nil {
			copies = p.copies[from:to]
		}
		t.options.Optimizer.update(i, from, p.data[from:to], t.replicas[0].grads[i].data[from:to], copies, lr*t.rates[i], t.step)
	})
	return t.net.refresh()
}

// chunks calls f, on all cores, with pieces of the parameters.
func (t *Trainer) chunks(f func(i, from, to int)) {
	const size = 1 << 14
	type chunk struct{ i, from, to int }
	var list []chunk
	for i, p := range t.net.parameters {
		for from := 0; from < len(p.data); from += size {
			list = append(list, chunk{i, from, min(from+size, len(p.data))})
		}
	}
	parallel(len(list), func(c int) { f(list[c].i, list[c].from, list[c].to) })
}

// An Evaluation summarizes a network's outputs on examples with known targets.
type Evaluation struct {
	Loss    float64 `json:"loss"` // mean over targets: nats, or squared error
	Targets int     `json:"targets"`
	Correct float64 `json:"correct"` // fraction of the targets of a softmax whose class is the most probable
}

// Evaluate scores the network on a minibatch, without dropout. carry is as in
// [Trainer.Step].
func (t *Trainer) Evaluate(sequences []dataset.Sequence, carry bool) (Evaluation, error) {
	parts := split(sequences, t.options.Parts)
	losses := make([]float64, len(parts))
	correct := make([]int, len(parts))
	err := t.run(parts, func(i int, p *replica) error {
		p.forward(carry, dropout{})
		losses[i], correct[i] = p.score()
		return nil
	})
	if err != nil {
		return Evaluation{}, err
	}
	s := Evaluation{Targets: countTargets(outputModel(t.net.model), sequences)}
	for i := range parts {
		s.Loss += losses[i]
		s.Correct += float64(correct[i])
	}
	if s.Targets > 0 {
		s.Loss /= float64(s.Targets)
		s.Correct /= float64(s.Targets)
	}
	return s, nil
}
