package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The Korean tutorials show the commands, programs and outputs of the English ones, so that
// only the English ones need to run.
func TestTutorialsAreTheSameInKorean(t *testing.T) {
	english, err := filepath.Glob("../../docs/tutorials/*.md")
	require.NoError(t, err)
	korean, err := filepath.Glob("../../docs/ko/tutorials/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, english)
	require.Len(t, korean, len(english))
	for _, path := range english {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			steps, skips := shown(t, path)
			koreanSteps, koreanSkips := shown(t, filepath.Join("../../docs/ko/tutorials", name))
			require.Equal(t, steps, koreanSteps)
			require.Equal(t, skips, koreanSkips)
		})
	}
}

// shown returns what a page runs and what it skips, without the places.
func shown(t *testing.T, path string) ([]step, []string) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	p, err := parse(path, text)
	require.NoError(t, err)
	var reasons []string
	for _, s := range p.skips {
		reasons = append(reasons, s.reason)
	}
	for i := range p.steps {
		p.steps[i].line = 0
	}
	return p.steps, reasons
}
