//go:build !man

package main

import "github.com/spf13/cobra"

// builders returns the commands of those who package this one: none without the tag man.
func builders() []*cobra.Command { return nil }
