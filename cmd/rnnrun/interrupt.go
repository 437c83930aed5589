package main

import (
	"os"
	"os/signal"
	"syscall"
)

// onInterrupt ends the command after finish when a signal asks it to end. A signal
// that was ignored at the start, as nohup has it, stays ignored.
func onInterrupt(finish func()) {
	interrupted := make(chan os.Signal, 1)
	for _, s := range interrupts() {
		if !signal.Ignored(s) {
			signal.Notify(interrupted, s)
		}
	}
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
