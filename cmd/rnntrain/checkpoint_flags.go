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
	c.Flags().IntVar(&f.every, "every", 500, "steps from one checkpoint to the next; 0: only at the end of an epoch")
	c.Flags().BoolVar(&f.resume, "resume", false, "go on from the checkpoint, where there is one")
}

// checkpoints returns where the training of a model has its checkpoints.
func (f *checkpointFlags) checkpoints(model string, identity []format.Property) (trainer.Checkpoints, error) {
	if f.every < 0 {
		return trainer.Checkpoints{}, cli.Usagef("--every %d must not be negative", f.every)
	}
	path := f.path
	if path == "" {
		path = model + ".checkpoint"
	} else if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, filepath.Base(model)+".checkpoint")
	}
	return trainer.Checkpoints{Path: path, Every: f.every, Resume: f.resume, Identity: identity}, nil
}
