package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Interrupts returns a channel of the signals that ask a command to end, which then
// end it no more until stop is called. A signal that was ignored at the start, as
// nohup has it, stays ignored.
func Interrupts() (interrupted <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	for _, s := range interrupts() {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
	return c, func() { signal.Stop(c) }
}

// UntilInterrupted returns a context that ends when a signal asks the command to
// end, which then does not end it until stop is called.
func UntilInterrupted(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	interrupted, restore := Interrupts()
	go func() {
		select {
		case <-interrupted:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		restore()
		cancel()
	}
}

// interruptedCode is the exit code of a command that a signal ended, as a shell
// reports it.
func interruptedCode(s os.Signal) int {
	if number, ok := s.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return Failed
}
