//go:build man

package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/manpage"
)

// builders returns the commands for packagers.
func builders() []*cobra.Command { return []*cobra.Command{manpage.Command(flagGroups())} }
