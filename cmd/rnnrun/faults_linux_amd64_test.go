package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/childtest"
	"github.com/rnnrun/rnnrun/internal/faults"
	"github.com/rnnrun/rnnrun/npy"
)

// TestFaultsOfRun tries every fault if RNNRUN_FAULTS is set to all, as CONTRIBUTING.md
// says.
func TestFaultsOfRun(t *testing.T) {
	one := 23
	switch {
	case os.Getenv("RNNRUN_FAULTS") == "all":
		one = 1
	case testing.Short():
		t.Skip("it runs the command once for every fault")
	}
	model, err := os.ReadFile(save(t, tasks()[0].d))
	require.NoError(t, err)
	states := filepath.Join(t.TempDir(), "states.npz")
	printed(t, "1,2,3\n", "run", "-m", save(t, tasks()[0].d), "--state-out", states)
	before, err := os.ReadFile(states)
	require.NoError(t, err)
	for name, args := range map[string][]string{
		"CSV":       {"-i", "in.csv", "-o", "out.csv"},
		"an array":  {"-i", "in.csv", "-o", "out.npy"},
		"states":    {"-i", "in.csv", "-o", "out.csv", "--state-in", "in.npz", "--state-out", "out.npz"},
		"in place":  {"-i", "in.csv", "-o", "out.csv", "--state-out", "in.npz"},
		"archive":   {"-i", "in.csv", "-o", "out.npz"},
		"raw":       {"-i", "in.csv", "-o", "out.f32"},
		"unwritten": {"-i", "in.csv", "-o", "/dev/null"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "folder")
			p := faults.Program{
				Folder: folder,
				Files: map[string]string{
					"m.rnn": string(model), "in.csv": strings.Repeat("1,2,3\n4,5,6\n", 500), "in.npz": string(before), "out.csv": "old\n",
				},
				Command: func() *exec.Cmd {
					c := childtest.Command("run", "-m", filepath.Join(folder, "m.rnn"))
					for _, a := range args {
						if strings.Contains(a, ".") {
							a = filepath.Join(folder, a)
						}
						c.Args = append(c.Args, a)
					}
					return c
				},
				// After an error of the input, the states are those after the last step.
				Whole: func(name, contents string) bool {
					if !strings.HasSuffix(name, ".npz") {
						return false
					}
					_, err := npy.ReadArchive([]byte(contents))
					return err == nil
				},
			}
			p.Test(t, one)
		})
	}
}
