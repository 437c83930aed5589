package cli

import (
	"fmt"
	"os"
	"sync"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// An Output is a file that a command will write.
type Output struct {
	Flag     string // that names it, such as "--log"
	Path     string // "": there is none
	Replaces string // the input whose place it may take; "": none
}

// Outputs are the files that a command will write, which no further command may
// write meanwhile.
type Outputs struct {
	releases []func()
	unwatch  func() // nil: no signal is waited for

	mu     sync.Mutex
	finish func() // when a signal ends the command
}

// ClaimOutputs tries whether the files can be written, before the work that would
// otherwise be lost, and claims them until [Outputs.Release], or until a signal ends
// the command. The trial leaves nothing behind. It refuses, as a mistake of the
// command line, an output that would take the place of an input, and two that are
// one file.
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
				return Usagef("%s %s: the command reads this file, and would replace it; choose another", o.Flag, o.Path)
			}
		}
		for _, other := range outputs[:i] {
			if atomicfile.Same(o.Path, other.Path) {
				return Usagef("%s %s and %s %s are one file; choose two", other.Flag, other.Path, o.Flag, o.Path)
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

// OnInterrupt has a signal call finish before it ends the command.
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
