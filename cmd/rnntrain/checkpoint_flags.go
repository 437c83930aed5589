package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// checkpointFlags say where checkpoints are written, and when.
type checkpointFlags struct {
	path   string
	every  int
	resume bool
}

func (f *checkpointFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.path, "checkpoint", "", "file or folder of the checkpoint (default: MODEL.checkpoint)")
	c.Flags().IntVar(&f.every, "every", 500, "optimizer steps between checkpoints; 0: only at the end of an epoch")
	c.Flags().BoolVar(&f.resume, "resume", false, "resume from the checkpoint if there is one")
}

// file returns where the training of a model has its checkpoint.
func (f *checkpointFlags) file(model string) (string, error) {
	if f.path == "" {
		return model + ".checkpoint", nil
	}
	info, err := os.Stat(f.path)
	switch {
	case err == nil && info.IsDir():
		return filepath.Join(f.path, filepath.Base(model)+".checkpoint"), nil
	case err == nil && f.resume && !info.Mode().IsRegular():
		return "", cli.Usagef("--resume: --checkpoint %s cannot be read back: give a file", f.path)
	}
	return f.path, nil
}

// checkpoints returns when the training of a model has its checkpoints.
func (f *checkpointFlags) checkpoints(model string, identity []format.Property) (trainer.Checkpoints, error) {
	if f.every < 0 {
		return trainer.Checkpoints{}, cli.Usagef("--every %d must not be negative", f.every)
	}
	path, err := f.file(model)
	return trainer.Checkpoints{Path: path, Every: f.every, Resume: f.resume, Identity: identity}, err
}
