package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mutation that no longer applies would show nothing: whoever changes the line
// changes it here, too.
func TestEveryMutationApplies(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	var errs []error
	names := map[string]bool{}
	for _, m := range all() {
		require.False(t, names[m.name], "two are named %q", m.name)
		names[m.name] = true
		if _, err := m.apply(root); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.name, err))
		}
		pkg, _, _ := strings.Cut(m.tests, " ")
		require.DirExists(t, filepath.Join(root, pkg), m.name)
	}
	require.NoError(t, errors.Join(errs...))
}

func TestAFewMutationsAreSpreadOverTheList(t *testing.T) {
	list := all()
	few := spread(list, 3)
	require.Equal(t, []mutation{list[0], list[len(list)/3], list[2*len(list)/3]}, few)
	require.Equal(t, list, spread(list, 0))
	require.Equal(t, list, spread(list, len(list)+1))
}

func TestWhatFailsIsNamed(t *testing.T) {
	for _, c := range []struct{ out, want string }{
		{"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/b (0.00s)\nFAIL\n", "TestA/b"},
		{"--- FAIL: TestA (0.00s)\nFAIL\n", "TestA"},
		{"panic: index out of range\n", "a test that panics"},
	} {
		got, err := firstFailure(c.out)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err := firstFailure("FAIL pkg [build failed]")
	require.ErrorContains(t, err, "build failed", "a mutation whose tests do not compile shows nothing")
}
