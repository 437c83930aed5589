package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Threads is the number of threads that a command runs a model on.
type Threads int

const mostThreads = 256

// ThreadsFlag adds the flag --threads to a command.
func ThreadsFlag(c *cobra.Command, t *Threads) {
	*t = 1
	c.Flags().Var(t, "threads", "cores to use for large layers; the answers are the same")
}

// Option returns the option to open a model with these threads.
func (t Threads) Option() rnn.Option { return rnn.WithThreads(int(t)) }

// String implements pflag.Value.
func (t *Threads) String() string { return strconv.Itoa(int(*t)) }

// Type implements pflag.Value.
func (t *Threads) Type() string { return "int" }

// Set implements pflag.Value.
func (t *Threads) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > mostThreads {
		return fmt.Errorf("give a number from 1 to %d", mostThreads)
	}
	*t = Threads(n)
	return nil
}
