package trainer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"github.com/rnnrun/rnnrun/dataset"
)

// A Task provides the examples of a training run.
type Task interface {
	// Minibatches returns the number of minibatches of an epoch.
	Minibatches() int
	// Epoch yields the minibatches of an epoch, starting with minibatch from.
	// Their order depends only on rng, from which every call for the same epoch
	// draws the same number of values. An error ends the epoch.
	Epoch(rng *rand.Rand, from int) iter.Seq2[Minibatch, error]
	// Validation yields the examples that are held back to measure the
	// network; it may yield none.
	Validation() iter.Seq2[Minibatch, error]
}

// A Minibatch holds the sequences of one optimization step. With Carry, they
// continue the sequences of the minibatch before.
type Minibatch struct {
	Sequences []dataset.Sequence
	Carry     bool
}

// FitOptions say how [Fit] trains.
type FitOptions struct {
	Options
	Epochs       int      // passes over all examples; 0: 10
	LearningRate float64  // 0: 0.001
	Schedule     Schedule // nil: ConstantRate
	// Patience ends the training after this many epochs without a better
	// validation loss; 0: never.
	Patience    int
	Checkpoints Checkpoints
	// Progress, if not nil, is called after every step and every epoch.
	Progress func(Progress)
	// Improved, if not nil, is called after every epoch that is the best so
	// far, for example to save the network. An error from it ends the training.
	Improved func(FitResult) error
}

// Progress reports how far a training is.
type Progress struct {
	Epoch, Epochs int     // from 1
	Step, Steps   int     // of all epochs, from 1
	Loss          float64 // mean of this epoch's steps so far
	StepLoss      float64 // of the last step
	GradientNorm  float64 // of the last step, before clipping
	LearningRate  float64 // of the last step
	// TokensPerSecond counts time-steps of all sequences, tokens or not.
	TokensPerSecond float64
	Elapsed, Left   time.Duration // Left is an estimate
	EpochEnded      bool          // whether the report is for an epoch, not for a step
	// Validation is the score of the epoch that ended, if there is one.
	Validation *Evaluation
	Best       bool // the epoch that ended is the best so far
}

// A FitResult is the result of a training.
type FitResult struct {
	Epoch      int        // the best epoch, from 1; the network has its weights
	Epochs     int        // epochs trained
	Loss       float64    // training loss of the best epoch
	Validation Evaluation // of the best epoch; zero if the task has no validation
	Steps      int
	Elapsed    time.Duration // including the time before a resumption
}

// Fit trains the network, and leaves it with the weights of the epoch with the
// lowest validation loss or, without validation, of the last epoch. If ctx is
// done, Fit stops after the current step, writes a checkpoint if checkpoints are
// enabled, and returns the best epoch so far with the context's error.
//
// The error is a [*NotFiniteError] if the loss or a gradient is NaN or infinite;
// the last checkpoint is kept. It is a [*CheckpointError] if a checkpoint cannot
// be written or resumed.
func Fit(ctx context.Context, net *Network, task Task, options FitOptions) (FitResult, error) {
	if options.Epochs == 0 {
		options.Epochs = 10
	}
	if options.LearningRate == 0 {
		options.LearningRate = 1e-3
	}
	if options.Schedule == nil {
		options.Schedule = ConstantRate{}
	}
	if err := options.check(net); err != nil {
		return FitResult{}, err
	}
	f := fit{
		trainer: NewTrainer(net, options.Options),
		task:    task, options: options,
		rng:   rand.NewPCG(options.Seed, 0xf17),
		steps: options.Epochs * task.Minibatches(),
		start: time.Now(),
		at:    state{Epoch: 1},
	}
	if f.steps == 0 {
		return FitResult{}, errors.New("there is nothing to train on: the task has no minibatches")
	}
	if err := net.calibrate(task); err != nil {
		return FitResult{}, err
	}
	if options.Checkpoints.Resume {
		if err := f.resume(); err != nil && !errors.Is(err, os.ErrNotExist) {
			return FitResult{}, err
		}
	}
	err := f.run(ctx)
	if f.best != nil {
		err = errors.Join(err, net.restore(f.best))
	}
	f.at.Result.Steps, f.at.Result.Elapsed = f.at.Step, f.elapsed()
	return f.at.Result, err
}

// fit is a call of Fit.
type fit struct {
	trainer *Trainer
	task    Task
	options FitOptions
	rng     *rand.PCG // for the order of the data
	steps   int       // of all epochs

	at     state
	best   [][]float32   // the weights of the best epoch
	start  time.Time     // of this call
	before time.Duration // time before a resumption

	saved, savedEpoch int // of the last checkpoint
	rate              float64
	loss              float64 // of the last step
}

func (f *fit) run(ctx context.Context) error {
	for f.at.Epoch <= f.options.Epochs && !f.hopeless() {
		if err := f.epoch(ctx); err != nil {
			return err
		}
		if err := f.endEpoch(); err != nil {
			return err
		}
		if err := f.save(); err != nil {
			return err
		}
	}
	return nil
}

// hopeless reports whether no epoch was better for Patience epochs.
func (f *fit) hopeless() bool {
	ended := f.at.Epoch - 1
	return f.options.Patience > 0 && ended > 0 && ended-f.at.Result.Epoch >= f.options.Patience
}

// epoch makes the remaining steps of the epoch.
func (f *fit) epoch(ctx context.Context) error {
	var err error
	if f.at.Order, err = f.rng.MarshalBinary(); err != nil {
		return err
	}
	for mb, err := range f.task.Epoch(rand.New(f.rng), f.at.Minibatch) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return errors.Join(err, f.save())
		}
		if err := f.step(mb); err != nil {
			return err
		}
		if every := f.options.Checkpoints.Every; every > 0 && f.at.Step%every == 0 {
			if err := f.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *fit) step(mb Minibatch) error {
	f.rate = f.options.LearningRate * f.options.Schedule.Factor(f.moment())
	loss, err := f.trainer.Step(mb.Sequences, f.rate, mb.Carry)
	if err != nil {
		return f.explain(err)
	}
	f.loss = loss
	f.at.Step++
	f.at.Minibatch++
	f.at.LossSum += loss
	for i := range mb.Sequences {
		s := &mb.Sequences[i]
		f.at.Tokens += stepsOf(s, f.trainer.net.model.InputSize) + len(s.Source)
	}
	f.report(f.meanLoss(), nil, false)
	return nil
}

// explain adds to the error of a failed training that its checkpoint is kept.
func (f *fit) explain(err error) error {
	if errors.Is(err, ErrNotFinite) && f.saved > 0 {
		return fmt.Errorf("%w; the checkpoint %s of step %d is kept", err, f.options.Checkpoints.Path, f.saved)
	}
	return err
}

func (f *fit) moment() SchedulePoint {
	return SchedulePoint{Step: f.at.Step, Steps: f.steps, Epoch: f.at.Epoch - 1, Losses: f.at.Losses}
}

// meanLoss returns the mean loss of the epoch's steps so far.
func (f *fit) meanLoss() float64 { return f.at.LossSum / float64(max(1, f.at.Minibatch)) }

// endEpoch evaluates the network, and keeps its weights if they are the best so
// far.
func (f *fit) endEpoch() error {
	epoch, loss := f.at.Epoch, f.meanLoss()
	validation, err := f.validate()
	if err != nil {
		return err
	}
	ended := loss
	if validation.Targets > 0 {
		ended = validation.Loss
	}
	if math.IsNaN(ended) || math.IsInf(ended, 0) {
		return f.explain(&NotFiniteError{Step: f.at.Step, LearningRate: f.rate, Loss: ended, Norm: f.trainer.norm})
	}
	f.at.Losses = append(f.at.Losses, ended)
	r := &f.at.Result
	r.Epochs = epoch
	better := f.best == nil || validation.Targets == 0 || validation.Loss < r.Validation.Loss
	if better {
		f.keep()
		r.Epoch, r.Loss, r.Validation = epoch, loss, validation
	}
	f.report(loss, &validation, better)
	if better && f.options.Improved != nil {
		result := *r
		result.Steps, result.Elapsed = f.at.Step, f.elapsed()
		if err := f.options.Improved(result); err != nil {
			return err
		}
	}
	f.at.Epoch, f.at.Minibatch, f.at.LossSum = epoch+1, 0, 0
	f.at.Order, err = f.rng.MarshalBinary()
	return err
}

// keep stores the weights as the best.
func (f *fit) keep() {
	parameters := f.trainer.net.parameters
	if f.best == nil {
		f.best = like(parameters)
	}
	for i, p := range parameters {
		copy(f.best[i], p.data)
	}
}

func (f *fit) validate() (Evaluation, error) {
	var total Evaluation
	for mb, err := range f.task.Validation() {
		if err != nil {
			return Evaluation{}, err
		}
		s, err := f.trainer.Evaluate(mb.Sequences, mb.Carry)
		if err != nil {
			return Evaluation{}, err
		}
		total.add(s)
	}
	return total, nil
}

func (s *Evaluation) add(t Evaluation) {
	n := s.Targets + t.Targets
	if n == 0 {
		return
	}
	s.Loss = (s.Loss*float64(s.Targets) + t.Loss*float64(t.Targets)) / float64(n)
	s.Correct = (s.Correct*float64(s.Targets) + t.Correct*float64(t.Targets)) / float64(n)
	s.Targets = n
}

func (f *fit) elapsed() time.Duration { return f.before + time.Since(f.start) }

func (f *fit) report(loss float64, validation *Evaluation, best bool) {
	if f.options.Progress == nil {
		return
	}
	elapsed := f.elapsed()
	p := Progress{
		Epoch: f.at.Epoch, Epochs: f.options.Epochs,
		Step: f.at.Step, Steps: f.steps,
		Loss: loss, StepLoss: f.loss,
		GradientNorm: f.trainer.norm,
		LearningRate: f.rate,
		Elapsed:      elapsed,
		EpochEnded:   validation != nil,
		Best:         best,
	}
	if elapsed > 0 {
		p.TokensPerSecond = float64(f.at.Tokens) / elapsed.Seconds()
	}
	if f.at.Step > 0 {
		p.Left = elapsed / time.Duration(f.at.Step) * time.Duration(max(0, f.steps-f.at.Step))
	}
	if validation != nil && validation.Targets > 0 {
		p.Validation = validation
	}
	f.options.Progress(p)
}
