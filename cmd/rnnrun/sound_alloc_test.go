package main

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/wav"
)

// Sound of any length takes the allocations of a short one: none for a block.
func TestBlocksOfSoundAllocateNothing(t *testing.T) {
	samples := make([]float32, 1<<16)
	for i := range samples {
		samples[i] = float32(i%16)/64 - 0.125 // below vad's threshold
	}
	for _, c := range []struct {
		model *format.Model
		args  []string
	}{
		{loudest(), []string{"vad"}},
		{doubler(), []string{"denoise"}},
		{loudAndTwice(), []string{"denoise"}},
	} {
		args := append(c.args, "-m", save(t, c.model), "--raw=s16")
		allocations := func(n int) float64 {
			in := []byte(pcm(t, wav.Int16, samples[:n]...))
			return testing.AllocsPerRun(3, func() {
				if run(args, bytes.NewReader(in), io.Discard, io.Discard) != 0 {
					panic("it failed")
				}
			})
		}
		require.InDelta(t, allocations(1<<12), allocations(1<<16), 10, "%v, 1,024 steps and 16,384", args)
	}
}
