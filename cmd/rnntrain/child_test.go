package main

import (
	"os"
	"os/exec"
	"testing"
)

// TestMain lets the test binary stand for the command, which signals can end.
func TestMain(m *testing.M) {
	if os.Getenv("RNNTRAIN_TEST_COMMAND") != "" {
		main()
	}
	os.Exit(m.Run())
}

// child returns the command of these arguments as a process of its own.
func child(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "RNNTRAIN_TEST_COMMAND=1")
	return c
}
