package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// scheduleFlags define how the learning rate changes.
type scheduleFlags struct {
	name     string
	warmup   int
	gamma    float64
	size     int
	patience int
}

var schedules = []string{"constant", "cosine", "step", "exponential", "plateau"}

func (f *scheduleFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.name, "schedule", "cosine", "learning-rate schedule: constant, cosine, step, exponential, plateau")
	c.Flags().IntVar(&f.warmup, "warmup", 0, "optimizer steps in which the learning rate rises, before the schedule")
	c.Flags().Float64Var(&f.gamma, "gamma", 0.5, "factor on the learning rate for the schedules step, exponential and plateau")
	c.Flags().IntVar(&f.size, "step-size", 1, "epochs between reductions of the schedule step")
	c.Flags().IntVar(&f.patience, "plateau-patience", 0, "epochs without a better loss before the schedule plateau reduces the learning rate")
	complete(c, "schedule", schedules...)
}

func (f *scheduleFlags) schedule() (trainer.Schedule, error) {
	if !(f.gamma > 0 && f.gamma <= 1) {
		return nil, cli.Usagef("--gamma %g is not above 0 and at most 1", f.gamma)
	}
	if f.size < 1 {
		return nil, cli.Usagef("--step-size %d must be at least 1", f.size)
	}
	if f.warmup < 0 || f.patience < 0 {
		return nil, cli.Usagef("--warmup %d and --plateau-patience %d must not be negative", f.warmup, f.patience)
	}
	schedule, err := choose("schedule", f.name, map[string]trainer.Schedule{
		"constant":    trainer.ConstantRate{},
		"cosine":      trainer.CosineDecay{},
		"step":        trainer.StepDecay{Size: f.size, Gamma: f.gamma},
		"exponential": trainer.ExponentialDecay{Gamma: f.gamma},
		"plateau":     trainer.PlateauDecay{Gamma: f.gamma, Patience: f.patience},
	}, schedules...)
	if err == nil && f.warmup > 0 {
		schedule = trainer.Warmup{Steps: f.warmup, Then: schedule}
	}
	return schedule, err
}
