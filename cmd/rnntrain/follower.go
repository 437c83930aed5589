package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/trainer"
)

// A follower passes the reports of a training to the display, the log and the plot. If
// the log or the plot cannot be written, it prints that once, and training continues;
// failed returns the error at the end.
type follower struct {
	display *display
	log     *trainingLog // nil: the log cannot be written
	plot    string       // "": none
	stderr  io.Writer
	failed  error
}

func (j *job) newFollower(show *display) *follower {
	return &follower{
		display: show, plot: j.output.plot, stderr: j.command.ErrOrStderr(),
		log: &trainingLog{path: j.output.log, resume: j.options.Checkpoints.Resume},
	}
}

func (f *follower) progress(p trainer.Progress) {
	f.display.progress(p)
	if f.log == nil {
		return
	}
	if err := f.log.progress(p); err != nil {
		f.fail("the log cannot be written", err)
		f.log, f.plot = nil, ""
		return
	}
	if p.EpochEnded && f.plot != "" {
		if err := plotLogs(f.plot, f.log.path); err != nil {
			f.fail("the plot cannot be drawn", err)
			f.plot = ""
		}
	}
}

func (f *follower) finish() {
	f.display.finish()
	if f.log != nil {
		if err := f.log.close(); err != nil {
			f.fail("the log cannot be written", err)
		}
	}
}

func (f *follower) fail(what string, err error) {
	err = fmt.Errorf("%s: %w", what, err)
	fmt.Fprintf(f.stderr, "%v; training continues\n", err)
	f.failed = errors.Join(f.failed, err)
}
