//go:build man

package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/manpage"
)

// builders returns the commands of those who package this one.
func builders() []*cobra.Command { return []*cobra.Command{manpage.Command(flagGroups())} }
