package trainer

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"time"
)

// A Task gives the examples of a training run.
type Task interface {
	// Steps returns the number of minibatches of an epoch.
	Steps() int
	// Epoch yields the minibatches of one pass over the training examples, in
	// an order that rng decides.
	Epoch(rng *rand.Rand) iter.Seq[Minibatch]
	// Validation yields the examples that are held back to measure the
	// network; it may yield none.
	Validation() iter.Seq[Minibatch]
}

// A Minibatch is what one step trains on. With Carry its sequences continue
// those of the minibatch before.
type Minibatch struct {
	Sequences []Sequence
	Carry     bool
}

// FitOptions say how [Fit] trains.
type FitOptions struct {
	Options
	Epochs       int      // passes over the examples; 0: 10
	LearningRate float64  // 0: 0.001
	Schedule     Schedule // nil: Constant
	// Patience ends the training after this many epochs without a better
	// validation loss; 0: never.
	Patience int
	// Progress, where not nil, is called after every step and every epoch.
	Progress func(Progress)
	// Improved, where not nil, is called after every epoch that is the best
	// so far, and may save the network. Its error ends the training.
	Improved func(Result) error
}

// Progress tells how far a training is.
type Progress struct {
	Epoch, Epochs int     // from 1
	Step, Steps   int     // of all epochs, from 1
	Loss          float64 // mean of this epoch's steps so far
	LearningRate  float64
	// TokensPerSecond counts time-steps of all sequences, tokens or not.
	TokensPerSecond float64
	Elapsed, Left   time.Duration // Left is an estimate
	EpochEnded      bool          // this report is of an epoch, not of a step
	// Validation is the score of the epoch that ended, where there is one.
	Validation *Score
	Best       bool // the epoch that ended is the best so far
}

// A Result is what a training ended with.
type Result struct {
	Epoch      int     // the best one, from 1, whose weights the network has
	Epochs     int     // epochs trained
	Loss       float64 // training loss of the best epoch
	Validation Score   // of the best epoch; zero where the task has no validation
	Steps      int
	Elapsed    time.Duration
}

// Fit trains the network, and leaves it with the weights of the epoch that had
// the least validation loss; without validation, of the last. Where ctx ends
// it stops after the current step and returns the best epoch so far with the
// context's error.
func Fit(ctx context.Context, net *Network, task Task, options FitOptions) (Result, error) {
	f := fit{
		trainer: NewTrainer(net, options.Options),
		task:    task, options: options,
		rng:   rand.New(rand.NewPCG(options.Seed, 0xf17)),
		start: time.Now(),
	}
	if f.options.Epochs == 0 {
		f.options.Epochs = 10
	}
	if f.options.LearningRate == 0 {
		f.options.LearningRate = 1e-3
	}
	if f.options.Schedule == nil {
		f.options.Schedule = Constant()
	}
	f.steps = f.options.Epochs * task.Steps()
	if f.steps == 0 {
		return Result{}, errors.New("there is nothing to train on: not one minibatch")
	}
	err := f.run(ctx)
	if f.best != nil {
		net.restore(f.best)
	}
	f.result.Steps, f.result.Elapsed = f.step, time.Since(f.start)
	return f.result, err
}

// fit is the state of a call of Fit.
type fit struct {
	trainer *Trainer
	task    Task
	options FitOptions
	rng     *rand.Rand
	start   time.Time

	step, steps int
	tokens      int
	best        [][]float32
	result      Result
}

func (f *fit) run(ctx context.Context) error {
	for epoch := 1; epoch <= f.options.Epochs; epoch++ {
		loss, err := f.epoch(ctx, epoch)
		if err != nil {
			return err
		}
		f.result.Epochs = epoch
		validation, err := f.validate()
		if err != nil {
			return err
		}
		better := f.best == nil || validation.Targets == 0 || validation.Loss < f.result.Validation.Loss
		if better {
			f.best = f.trainer.net.weights()
			f.result.Epoch, f.result.Loss, f.result.Validation = epoch, loss, validation
		}
		f.report(epoch, loss, &validation, better)
		if better && f.options.Improved != nil {
			if err := f.options.Improved(f.result); err != nil {
				return err
			}
		}
		if f.options.Patience > 0 && epoch-f.result.Epoch >= f.options.Patience {
			break
		}
	}
	return nil
}

func (f *fit) epoch(ctx context.Context, epoch int) (float64, error) {
	var sum float64
	var n int
	for mb := range f.task.Epoch(f.rng) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		rate := f.options.LearningRate * f.options.Schedule(f.step, f.steps)
		loss, err := f.trainer.Step(mb.Sequences, rate, mb.Carry)
		if err != nil {
			return 0, err
		}
		f.step++
		sum += loss
		n++
		for i := range mb.Sequences {
			f.tokens += mb.Sequences[i].steps(f.trainer.net.model.InputSize)
		}
		f.report(epoch, sum/float64(n), nil, false)
	}
	return sum / float64(max(1, n)), nil
}

func (f *fit) validate() (Score, error) {
	var total Score
	for mb := range f.task.Validation() {
		s, err := f.trainer.Evaluate(mb.Sequences, mb.Carry)
		if err != nil {
			return Score{}, err
		}
		total.add(s)
	}
	return total, nil
}

func (s *Score) add(t Score) {
	n := s.Targets + t.Targets
	if n == 0 {
		return
	}
	s.Loss = (s.Loss*float64(s.Targets) + t.Loss*float64(t.Targets)) / float64(n)
	s.Correct = (s.Correct*float64(s.Targets) + t.Correct*float64(t.Targets)) / float64(n)
	s.Targets = n
}

func (f *fit) report(epoch int, loss float64, validation *Score, best bool) {
	if f.options.Progress == nil {
		return
	}
	elapsed := time.Since(f.start)
	p := Progress{
		Epoch: epoch, Epochs: f.options.Epochs,
		Step: f.step, Steps: f.steps,
		Loss:         loss,
		LearningRate: f.options.LearningRate * f.options.Schedule(min(f.step, f.steps-1), f.steps),
		Elapsed:      elapsed,
		EpochEnded:   validation != nil,
		Best:         best,
	}
	if elapsed > 0 {
		p.TokensPerSecond = float64(f.tokens) / elapsed.Seconds()
	}
	if f.step > 0 {
		p.Left = elapsed / time.Duration(f.step) * time.Duration(max(0, f.steps-f.step))
	}
	if validation != nil && validation.Targets > 0 {
		p.Validation = validation
	}
	f.options.Progress(p)
}
