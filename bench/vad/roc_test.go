package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestROC(t *testing.T) {
	r := &roc{}
	for i := range 100 {
		r.add(float32(i+50), true)
		r.add(float32(i), false)
	}
	r.sort()
	require.InDelta(t, 1-0.5*0.5*0.5, r.area(), 1e-9, "half of each overlap")
	require.Equal(t, 0.05, r.missed(55))
	require.InDelta(t, 0.45, r.alarms(55), 1e-12)
	require.InDelta(t, 0.45, r.alarmsAt(0.05), 1e-12)
	same := &roc{speech: []float32{1, 1}, other: []float32{1}}
	require.Equal(t, 0.5, same.area())
}
