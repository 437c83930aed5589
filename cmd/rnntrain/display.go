package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/rnnrun/rnnrun/trainer"
)

// A display shows the progress of a training. On a terminal, it shows a bar with the
// loss, the speed and the time left; elsewhere, it prints a line from time to time. It
// also prints a line for every epoch.
type display struct {
	w    io.Writer
	unit string                   // tokens, or steps of numbers
	bar  *progressbar.ProgressBar // nil if w is not a terminal
	last time.Time
}

func newDisplay(w io.Writer, unit string) *display {
	d := &display{w: w, unit: unit, last: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		d.bar = progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(w), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	return d
}

func (d *display) progress(p trainer.Progress) {
	if p.EpochEnded {
		d.epoch(p)
		return
	}
	status := fmt.Sprintf("epoch %d/%d  loss %.4f  %s %s/s  %v left",
		p.Epoch, p.Epochs, p.Loss, count(p.TokensPerSecond), d.unit, p.Left.Round(time.Second))
	if d.bar != nil {
		d.bar.ChangeMax(p.Steps)
		d.bar.Describe(status)
		_ = d.bar.Set(p.Step) // training continues if the bar cannot be drawn
		return
	}
	if time.Since(d.last) >= 20*time.Second {
		d.last = time.Now()
		fmt.Fprintf(d.w, "step %d/%d  %s\n", p.Step, p.Steps, status)
	}
}

func (d *display) epoch(p trainer.Progress) {
	if d.bar != nil {
		_ = d.bar.Clear()
	}
	fmt.Fprintf(d.w, "epoch %d/%d  loss %.4f", p.Epoch, p.Epochs, p.Loss)
	if v := p.Validation; v != nil {
		fmt.Fprintf(d.w, "  validation loss %.4f", v.Loss)
		if v.Correct > 0 {
			fmt.Fprintf(d.w, "  accuracy %s", percent(v.Correct))
		}
		if p.Best {
			fmt.Fprint(d.w, "  (best)")
		}
	}
	fmt.Fprintf(d.w, "  %s %s/s  %v\n", count(p.TokensPerSecond), d.unit, p.Elapsed.Round(time.Second))
}

func (d *display) finish() {
	if d.bar != nil {
		_ = d.bar.Finish()
	}
}

func count(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.2fM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.1fk", v/1e3)
	}
	return fmt.Sprintf("%.0f", v)
}
