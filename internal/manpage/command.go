package manpage

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// Command returns the command "man FOLDER". It writes the manual pages of its parent
// command to FOLDER/man, and the completions for bash, zsh and fish to
// FOLDER/completions. The options on the pages are in the groups of the help. The date on
// the pages is SOURCE_DATE_EPOCH, in seconds since 1970, so that two builds of a version
// write the same pages.
func Command(groups []cli.FlagGroup) *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write manual pages and completions",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			epoch := os.Getenv("SOURCE_DATE_EPOCH")
			seconds, err := strconv.ParseInt(epoch, 10, 64)
			if err != nil {
				return fmt.Errorf("SOURCE_DATE_EPOCH is %.20q: give the seconds since 1970 of the pages' date", epoch)
			}
			root := c.Root()
			if err := Write(root, groups, filepath.Join(args[0], "man"), time.Unix(seconds, 0)); err != nil {
				return err
			}
			return writeCompletions(root, filepath.Join(args[0], "completions"))
		},
	}
}

// writeCompletions writes a file for each shell, with the name that the shell expects.
func writeCompletions(root *cobra.Command, folder string) error {
	for _, shell := range []struct {
		folder, file string
		write        func(file string) error
	}{
		{"bash", root.Name(), func(file string) error { return root.GenBashCompletionFileV2(file, true) }},
		{"zsh", "_" + root.Name(), root.GenZshCompletionFile},
		{"fish", root.Name() + ".fish", func(file string) error { return root.GenFishCompletionFile(file, true) }},
	} {
		into := filepath.Join(folder, shell.folder)
		if err := os.MkdirAll(into, 0o755); err != nil {
			return err
		}
		if err := shell.write(filepath.Join(into, shell.file)); err != nil {
			return err
		}
	}
	return nil
}
