// Command rnnrun runs recurrent networks: it classifies, tags, generates and
// translates text, turns numbers into numbers, and checks models on the device
// that runs them.
package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs a command line and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return cli.Execute(newRoot(), args, stdin, stdout, stderr)
}

// welcome is the output of the command without arguments. Its commands need no file.
const welcome = `rnnrun runs recurrent networks on small devices, with the same output bits on each.

Three commands to try, with models that are built in:
  rnnrun classify "이 영화 정말 재미있어요"
  rnnrun generate --prompt "ROMEO:" --seed 1
  rnnrun verify builtin:shakespeare
`

// newRoot returns the command with all of its commands.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "rnnrun",
		Short: "Run recurrent networks on small devices",
		Long: cli.LongHelp(`Run recurrent networks on small devices: the same output bits on every one.

`) + `
Exit codes: 0 done, 1 failed, 2 wrong usage.`,
		Version:           cli.BuildVersion(),
		PersistentPreRunE: refuseDash,
	}
	root.AddCommand(
		classifyCommand(),
		tagCommand(),
		generateCommand(),
		translateCommand(),
		runCommand(),
		vadCommand(),
		denoiseCommand(),
		serveCommand(),
		inspectCommand(),
		verifyCommand(),
		benchCommand(),
		cpuCommand(),
	)
	cli.Welcome(root, welcome)
	cli.GroupFlags(root, flagGroups())
	root.AddCommand(builders()...)
	return root
}

// refuseDash refuses "-" for files that cannot be the standard input or output. The
// arguments of inspect and verify are files; those of other commands are texts.
func refuseDash(c *cobra.Command, args []string) error {
	if name := c.Name(); name != "inspect" && name != "verify" {
		args = nil
	}
	return cli.RefuseDash(c, args, "model", "lengths", "state-in", "state-out")
}
