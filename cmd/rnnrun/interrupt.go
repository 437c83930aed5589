package main

import (
	"os"
	"syscall"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// onInterrupt ends the command after finish when a signal asks it to end.
func onInterrupt(finish func()) {
	interrupted, _ := cli.Interrupts()
	go func() {
		s := <-interrupted
		finish()
		code := 1
		if number, ok := s.(syscall.Signal); ok {
			code = 128 + int(number) // as a shell reports it
		}
		os.Exit(code)
	}()
}
