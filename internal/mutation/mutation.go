package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A mutation is a mistake in one file: the text old, which must occur exactly once, is
// replaced by new.
type mutation struct {
	name     string
	file     string // path relative to the root of the module
	old, new string
	tests    string // package whose tests must fail and, after a space, a regexp that selects the tests
}

// all returns every mutation.
func all() []mutation {
	var list []mutation
	for _, part := range [][]mutation{kernelMutations, formatMutations, runtimeMutations, trainerMutations, textMutations, importMutations, exportMutations, fileMutations, portMutations, tensorflowMutations, soundMutations, chartMutations} {
		list = append(list, part...)
	}
	return list
}

var errNotNoticed = errors.New("the tests pass")

// run makes the mutation and returns the first test that fails. The error is
// errNotNoticed, or the reason why the mutation cannot be made.
func (m *mutation) run() (test string, err error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	mutated, err := m.apply(root)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(dir, filepath.Join(root, m.file), mutated)
	if err != nil {
		return "", err
	}
	if out, err := command(root, "build", "-overlay", overlay, "./"+filepath.ToSlash(filepath.Dir(m.file))); err != nil {
		return "", fmt.Errorf("it does not compile: %s", out)
	}
	pkg, pattern, _ := strings.Cut(m.tests, " ")
	out, err := command(root, "test", "-overlay", overlay, "-short", "-vet=off", "-failfast", "-timeout", "5m", "-run", pattern, "./"+pkg)
	if err == nil {
		return "", errNotNoticed
	}
	return firstFailure(out)
}

// apply returns the text of the mutated file.
func (m *mutation) apply(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		return nil, fmt.Errorf("%s has the text to replace %d times, not once", m.file, n)
	}
	return []byte(strings.Replace(string(text), m.old, m.new, 1)), nil
}

// writeOverlay writes the mutated text of a file to dir. It returns the path of the
// overlay that makes the go command read the mutated text.
func writeOverlay(dir, file string, mutated []byte) (string, error) {
	instead, overlay := filepath.Join(dir, "mutated.go"), filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]map[string]string{"Replace": {file: instead}})
	if err != nil {
		return "", err
	}
	return overlay, errors.Join(os.WriteFile(instead, mutated, 0o600), os.WriteFile(overlay, text, 0o600))
}

var failedTest = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// firstFailure returns the name of the first failed test, or a description if the tests
// panicked or timed out.
func firstFailure(out string) (string, error) {
	failed := failedTest.FindAllStringSubmatch(out, -1)
	switch {
	case len(failed) > 0:
		return failed[min(1, len(failed)-1)][1], nil // the output lists a subtest after its test
	case strings.Contains(out, "panic: "):
		return "a test that panics", nil
	}
	return "", fmt.Errorf("the tests do not run: %s", out)
}

func moduleRoot() (string, error) {
	out, err := command(".", "list", "-m", "-f", "{{.Dir}}")
	return strings.TrimSpace(out), err
}

// command runs the go command in a folder.
func command(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go %s: %w", args[0], err)
	}
	return string(out), err
}
