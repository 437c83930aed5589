package cli

import (
	"fmt"
	"os"
	"sync"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// An Output is a file that a command will write.
type Output struct {
	Flag     string // the flag that names it, such as "--log"
	Path     string // "": none
	Replaces string // the input that it may replace; "": none
}

// Outputs are the files that a command will write. No other command may write them
// meanwhile.
type Outputs struct {
	releases []func()
	unwatch  func() // nil: not waiting for signals

	mu     sync.Mutex
	finish func() // called when a signal ends the command
}

// ClaimOutputs checks that the files can be written, before a command does work that
// would otherwise be lost, and claims them until [Outputs.Release], or until a signal
// ends the command. The check leaves nothing behind. It returns a usage error if an output
// would replace an input, or if two outputs are the same file.
func ClaimOutputs(inputs []string, outputs ...Output) (*Outputs, error) {
	if err := checkOutputs(inputs, outputs); err != nil {
		return nil, err
	}
	o := new(Outputs)
	for _, output := range outputs {
		if output.Path == "" {
			continue
		}
		release, err := atomicfile.Claim(output.Path)
		if err != nil {
			o.Release()
			return nil, fmt.Errorf("%s: %w", output.Flag, err)
		}
		o.releases = append(o.releases, release)
	}
	if len(o.releases) > 0 {
		o.watch()
	}
	return o, nil
}

func checkOutputs(inputs []string, outputs []Output) error {
	for i, o := range outputs {
		for _, input := range inputs {
			if input != o.Replaces && atomicfile.Same(o.Path, input) {
				return Usagef("%s %s: the command reads this file and would overwrite it; choose another", o.Flag, o.Path)
			}
		}
		for _, other := range outputs[:i] {
			if atomicfile.Same(o.Path, other.Path) {
				return Usagef("%s %s and %s %s are the same file; choose two", other.Flag, other.Path, o.Flag, o.Path)
			}
		}
	}
	return nil
}

// watch ends the command when a signal asks for it.
func (o *Outputs) watch() {
	interrupted, stop := Interrupts()
	done := make(chan struct{})
	go func() {
		select {
		case s := <-interrupted:
			o.mu.Lock()
			if o.finish != nil {
				o.finish()
			}
			for _, release := range o.releases {
				release()
			}
			os.Exit(interruptedCode(s))
		case <-done:
		}
	}()
	o.unwatch = func() {
		stop()
		close(done)
	}
}

// OnInterrupt makes a signal call finish before it ends the command.
func (o *Outputs) OnInterrupt(finish func()) {
	o.mu.Lock()
	o.finish = finish
	o.mu.Unlock()
}

// Unwatch leaves the signals to the command.
func (o *Outputs) Unwatch() {
	if o.unwatch != nil {
		o.unwatch()
		o.unwatch = nil
	}
}

// Release lets other commands claim the files.
func (o *Outputs) Release() {
	o.Unwatch()
	for _, release := range o.releases {
		release()
	}
	o.releases = nil
}
