//go:build !man

package main

import "github.com/spf13/cobra"

// builders returns the commands for packagers; without the tag man, there are none.
func builders() []*cobra.Command { return nil }
