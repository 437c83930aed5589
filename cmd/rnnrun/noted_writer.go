package main

import "github.com/rnnrun/rnnrun/internal/series"

// A notedWriter records whether a write failed.
type notedWriter struct {
	series.Writer
	failed bool
}

func (w *notedWriter) note(err error) error {
	w.failed = w.failed || err != nil
	return err
}

func (w *notedWriter) Write(ys []float32) error { return w.note(w.Writer.Write(ys)) }
func (w *notedWriter) Skip() error              { return w.note(w.Writer.Skip()) }
func (w *notedWriter) End() error               { return w.note(w.Writer.End()) }
func (w *notedWriter) Flush() error             { return w.note(w.Writer.Flush()) }
