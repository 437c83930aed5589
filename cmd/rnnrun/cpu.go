package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/kernels"
)

func cpuCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "cpu",
		Short: "Show this CPU's features and the kernels chosen for it",
		Long: `Show the CPU's features that kernels may use, the kernel sets built into this
program, which of them the CPU can run, and the one chosen. The environment
variable ` + kernels.EnvVar + ` chooses another one by name. All sets give the same bits.`,
		Example: `  rnnrun cpu
  ` + kernels.EnvVar + `=generic rnnrun cpu --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			chosen, err := kernels.Default()
			if err != nil {
				return err
			}
			if asJSON {
				return writeCPUJSON(c.OutOrStdout(), chosen)
			}
			return writeCPU(c.OutOrStdout(), chosen)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}

func writeCPU(w io.Writer, chosen *kernels.Set) error {
	cpu := kernels.CPU()
	brand := cpu.Name
	if brand == "" {
		brand = "unnamed CPU"
	}
	features := strings.Join(cpu.Features, " ")
	if features == "" {
		features = "none that kernels use"
	}
	b := fmt.Appendf(nil, "cpu       %s (%s/%s)\nfeatures  %s\n", brand, runtime.GOOS, runtime.GOARCH, features)
	for i, s := range kernels.All() {
		title := "kernels"
		if i > 0 {
			title = ""
		}
		b = fmt.Appendf(b, "%-8s  %-8s  %-13s  needs %s\n", title, s.Name(), setState(s, chosen), s.Requires())
	}
	env := "not set: the fastest set is chosen"
	if v := os.Getenv(kernels.EnvVar); v != "" {
		env = v
	}
	_, err := w.Write(fmt.Appendf(b, "%s  %s\n", kernels.EnvVar, env))
	return err
}

func setState(s, chosen *kernels.Set) string {
	switch {
	case s.Name() == chosen.Name():
		return "chosen"
	case s.Supported():
		return "available"
	}
	return "not available"
}

func writeCPUJSON(w io.Writer, chosen *kernels.Set) error {
	cpu := kernels.CPU()
	sets := cli.Array{}
	for _, s := range kernels.All() {
		sets = append(sets, cli.Object{"name", s.Name(), "needs", s.Requires(), "available", s.Supported()})
	}
	return cli.WriteJSON(w, cli.Object{
		"os", runtime.GOOS,
		"arch", runtime.GOARCH,
		"cpu", cpu.Name,
		"features", cpu.Features,
		"kernels", sets,
		"chosen", chosen.Name(),
		"environment", os.Getenv(kernels.EnvVar),
	})
}
