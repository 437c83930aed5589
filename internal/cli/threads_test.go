package cli

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

func TestThreadsFlag(t *testing.T) {
	for given, want := range map[string]Threads{"": 1, "1": 1, "2": 2, "256": 256, "0": 0, "-1": 0, "257": 0, "two": 0} {
		c := &cobra.Command{}
		var threads Threads
		ThreadsFlag(c, &threads)
		var args []string
		if given != "" {
			args = []string{"--threads=" + given}
		}
		err := c.ParseFlags(args)
		if want == 0 {
			require.ErrorContains(t, err, "give a number from 1 to 256", given)
			continue
		}
		require.NoError(t, err, given)
		require.Equal(t, want, threads, given)
	}
}
