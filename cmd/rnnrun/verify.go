package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A verdict is the result of verify for a model on a kernel set.
type verdict struct {
	model, kernels string
	goldens        int
	err            error
}

func verifyCommand() *cobra.Command {
	var allKernels, asJSON bool
	c := &cobra.Command{
		Use:   "verify [flags] MODEL...",
		Short: "Check that models give the same bits here as on the machine that made them",
		Long: cli.LongHelp(`Replay the golden inputs inside each model on this CPU, and compare the outputs
bit for bit with those of the machine that made the model; also compare the file's
checksums. Prints ok or FAIL for each model; if one fails, the exit code is 1.

`),
		Example: `  rnnrun verify model.rnn
  rnnrun verify --all-kernels builtin:sentiment-ko builtin:shakespeare
  RNNRUN_KERNELS=generic rnnrun verify model.rnn`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, names []string) error {
			sets, err := setsToVerify(allKernels)
			if err != nil {
				return err
			}
			failed := 0
			for _, name := range names {
				description, _, err := cli.ReadModel(name)
				for _, set := range sets {
					v := verdict{model: name, kernels: set.Name(), err: err}
					if err == nil {
						v.verify(description)
					}
					if v.err != nil {
						failed++
					}
					if err := v.write(c.OutOrStdout(), asJSON); err != nil {
						return err
					}
				}
			}
			if failed > 0 {
				return fmt.Errorf("%d of %s failed", failed, message.Count(len(names)*len(sets), "check"))
			}
			return nil
		},
		ValidArgsFunction: cli.CompleteModel,
	}
	c.Flags().BoolVar(&allKernels, "all-kernels", false, "check every kernel set that this CPU can run")
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object per check")
	return c
}

func setsToVerify(all bool) ([]*kernels.Set, error) {
	if all {
		return kernels.Available(), nil
	}
	set, err := kernels.Default()
	return []*kernels.Set{set}, err
}

// verify verifies a model on the verdict's kernel set.
func (v *verdict) verify(description *format.Model) {
	m, err := cli.NewNetwork(description, rnn.WithKernels(v.kernels))
	if err != nil {
		v.err = err
		return
	}
	defer m.Close()
	v.goldens = len(description.Goldens)
	v.err = m.Verify()
}

func (v *verdict) write(w io.Writer, asJSON bool) error {
	switch {
	case asJSON:
		var reason any
		if v.err != nil {
			reason = v.err.Error()
		}
		return cli.WriteJSON(w, cli.Object{
			"model", v.model, "kernels", v.kernels, "goldens", v.goldens, "ok", v.err == nil, "error", reason,
		})
	case v.err != nil:
		_, err := fmt.Fprintf(w, "FAIL\t%s\t%s\t%s\n", cli.Printable(v.model), v.kernels, cli.Printable(v.err.Error()))
		return err
	}
	_, err := fmt.Fprintf(w, "ok\t%s\t%s\t%s\n", cli.Printable(v.model), v.kernels, message.Count(v.goldens, "golden"))
	return err
}
