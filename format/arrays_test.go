package format

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArraysAreTheWeightsOfTheFile(t *testing.T) {
	type place struct {
		name             string
		layer, direction int
	}
	for name, m := range everyFormat() {
		t.Run(name, func(t *testing.T) {
			var weights []byte
			seen := map[place]bool{}
			for a := range m.Arrays() {
				weights = append(padZero(weights, 0), a.Data...)
				p := place{a.Name, a.Layer, a.Direction}
				require.False(t, seen[p], "%v comes twice", p)
				seen[p] = true
			}
			require.Equal(t, body(mustAppend(t, m), tagWeights), weights)
		})
	}
}

func TestArraysCanEndEarly(t *testing.T) {
	for a := range fullModel().Arrays() {
		require.Equal(t, "embedding table", a.Name)
		break
	}
}
