package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"github.com/rnnrun/rnnrun/format"
)

// peakMemory returns the most memory that a process had at once: Linux's VmHWM,
// in bytes.
func peakMemory(process int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if value, found := bytes.CutPrefix(line, []byte("VmHWM:")); found {
			kib, _, _ := bytes.Cut(bytes.TrimSpace(value), []byte(" "))
			n, err := strconv.ParseInt(string(kib), 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("the system does not say how much memory a process had at most")
}

// A trainRequest is what a process of its own trains, so that its peak of memory
// is of nothing else.
type trainRequest struct {
	Cell    format.Cell
	Hidden  int
	Threads int
	Time    time.Duration
}

// ownPeak returns the peak of memory of a process that trains.
func ownPeak(r trainRequest) (int64, error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	child := exec.Command(program, "-peak", string(text))
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return 0, fmt.Errorf("the process that trains: %w", err)
	}
	return strconv.ParseInt(string(bytes.TrimSpace(out)), 10, 64)
}

// serve trains what a request says, and prints the process's peak of memory.
func (r trainRequest) serve() error {
	runtime.GOMAXPROCS(r.Threads)
	t, err := newTrainer(r.Cell, r.Hidden)
	if err != nil {
		return err
	}
	if _, err := t.measure(r.Time); err != nil {
		return err
	}
	peak, err := peakMemory(os.Getpid())
	if err != nil {
		return err
	}
	_, err = fmt.Println(peak)
	return err
}

// peak returns the peak of memory of a new process of PyTorch that trains.
func (p *pytorch) peak(r trainRequest) (int64, error) {
	fresh, err := newPyTorch(p.python, p.name, p.library, p.dtype)
	if err != nil {
		return 0, err
	}
	defer fresh.Close()
	if _, err := fresh.train(r); err != nil {
		return 0, err
	}
	return peakMemory(fresh.process.Process.Pid)
}
