package main

import (
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/trainer"
)

// A follower takes what a training reports to the display, the log and the
// plot. If the log or the plot cannot be written it says so, once, and the training
// goes on.
type follower struct {
	display *display
	log     *trainingLog // nil: it cannot be written
	plot    string       // "": none
	stderr  io.Writer
}

func (j *job) newFollower(show *display) (*follower, error) {
	o := &j.output
	if o.log == "" {
		o.log = o.output + ".jsonl"
	}
	if o.plot != "" {
		if err := checkChart(o.plot); err != nil {
			return nil, err
		}
	}
	return &follower{
		display: show, plot: o.plot, stderr: j.command.ErrOrStderr(),
		log: &trainingLog{path: o.log, resume: j.options.Checkpoints.Resume},
	}, nil
}

func (f *follower) progress(p trainer.Progress) {
	f.display.progress(p)
	if f.log == nil {
		return
	}
	if err := f.log.progress(p); err != nil {
		fmt.Fprintf(f.stderr, "the log cannot be written: %v\n", err)
		f.log, f.plot = nil, ""
		return
	}
	if p.EpochEnded && f.plot != "" {
		if err := plotLogs(f.plot, f.log.path); err != nil {
			fmt.Fprintf(f.stderr, "the plot cannot be drawn: %v\n", err)
			f.plot = ""
		}
	}
}

func (f *follower) finish() {
	f.display.finish()
	if f.log != nil {
		if err := f.log.close(); err != nil {
			fmt.Fprintf(f.stderr, "the log cannot be written: %v\n", err)
		}
	}
}
