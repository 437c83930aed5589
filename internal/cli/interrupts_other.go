//go:build !unix && !wasm

package cli

import (
	"os"
	"syscall"
)

// interrupts are the signals that ask a command to end.
func interrupts() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }
