package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
)

// What a source has inputs for, and a model has not, is said with the flags that
// give it.
func TestNotesNameFlags(t *testing.T) {
	for _, c := range []struct {
		name string
		n    network.Network
		want []string
	}{
		{"nothing beside", network.Network{Notes: []string{"x is left out"}}, []string{"x is left out"}},
		{"states", network.Network{TakesStates: true}, []string{"rnnrun run --state-in gives states before the first step"}},
		{"lengths", network.Network{Notes: []string{"a"}, TakesLengths: true}, []string{"a", "rnnrun run --lengths gives the lengths of sequences"}},
	} {
		require.Equal(t, c.want, notesOf(&c.n), c.name)
	}
}
