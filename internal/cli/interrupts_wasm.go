package cli

import "os"

// interrupts are the signals that ask a command to end: WebAssembly has none.
func interrupts() []os.Signal { return nil }
