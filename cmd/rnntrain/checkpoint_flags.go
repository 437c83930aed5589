package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// checkpointFlags define where and when checkpoints are written.
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

// check refuses an invalid --every.
func (f *checkpointFlags) check() error {
	if f.every < 0 {
		return cli.Usagef("--every %d must not be negative", f.every)
	}
	return nil
}

// file returns the path of a model's checkpoint.
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

// checkpoints returns the options for a model's checkpoints.
func (f *checkpointFlags) checkpoints(model string, identity []format.Property) (trainer.Checkpoints, error) {
	path, err := f.file(model)
	return trainer.Checkpoints{Path: path, Every: f.every, Resume: f.resume, Identity: identity}, err
}
