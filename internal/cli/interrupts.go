package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Interrupts returns a channel of the signals that ask a command to end. Until stop is
// called, they do not end the command. A signal that was ignored at the start, as under
// nohup, stays ignored.
func Interrupts() (interrupted <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	for _, s := range interrupts() {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
	return c, func() { signal.Stop(c) }
}

// UntilInterrupted returns a context that ends when a signal asks the command to end.
// Until stop is called, the signal does not end the command.
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

// interruptedCode is the exit code of a command that a signal ended, as shells report it.
func interruptedCode(s os.Signal) int {
	if number, ok := s.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return Failed
}
