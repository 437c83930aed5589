package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/wav"
)

// late gives four samples a step, each what it was three samples before.
func late() *format.Model {
	d := doubler()
	d.Graph.Nodes = []format.Node{
		{Op: &format.Window{Before: 3}, Inputs: []int{0}},
		{Op: &format.Slice{Axis: format.AxisFrames, Count: 4, Step: 1}, Inputs: []int{1}},
	}
	d.Graph.Outputs[0].Value = 2
	return d
}

// loudAndTwice gives the loudest of four samples a step, and then each twice as loud.
func loudAndTwice() *format.Model {
	d := loudest()
	d.Graph.Nodes = append(d.Graph.Nodes, doubler().Graph.Nodes...)
	d.Graph.Outputs = []format.Port{{Name: "loudest", Value: 1}, {Name: "twice", Value: 2}}
	return d
}

func TestDenoise(t *testing.T) {
	twice, behind := save(t, doubler()), save(t, late())
	mono, stereo := mono(wav.Int16, 8000), wav.Format{Encoding: wav.Float32, Channels: 2, Rate: 8000}
	ramp := []float32{0.125, 0.25, 0.375, 0.5, 0.625, 0.75}
	for _, c := range []struct {
		name, stdin string
		args        []string
		want        string
	}{
		{"one channel", sound(t, mono, 0.125, 0.25, 0.125, 0, -0.25), []string{"-m", twice}, sound(t, mono, 0.25, 0.5, 0.25, 0, -0.5)},
		{"each channel", sound(t, stereo, 0.125, -1, 0.25, -2, 0.375, -3), []string{"-m", behind}, sound(t, stereo, 0, 0, 0, 0, 0, 0)},
		{"without the delay", sound(t, stereo, 0.125, -1, 0.25, -2, 0.375, -3), []string{"-m", behind, "--delay", "3"}, sound(t, stereo, 0.125, -1, 0.25, -2, 0.375, -3)},
		{"a delay of more than the sound", sound(t, mono, ramp[:2]...), []string{"-m", behind, "--delay", "3"}, sound(t, mono, ramp[:2]...)},
		{"a part of the delay", sound(t, mono, ramp...), []string{"-m", behind, "--delay", "1"}, sound(t, mono, 0, 0, 0.125, 0.25, 0.375, 0.5)},
		{"one output of several", sound(t, stereo, 0.125, -1, 0.25, -2, 0.375, -3), []string{"-m", save(t, loudAndTwice())}, sound(t, stereo, 0.25, -2, 0.5, -4, 0.75, -6)},
		{"nothing", sound(t, mono), []string{"-m", behind, "--delay", "3"}, sound(t, mono)},
		{"raw", pcm(t, wav.Int24, ramp...), []string{"-m", behind, "--delay", "3", "--raw=s24"}, pcm(t, wav.Int24, ramp...)},
		{"raw floats", raw(ramp, false), []string{"-m", behind, "--delay", "3", "--raw"}, raw(ramp, false)},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"denoise"}, c.args...)...))
		})
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.wav")
	require.NoError(t, os.WriteFile(in, []byte(sound(t, mono, ramp...)), 0o600))
	printed(t, "", "denoise", "-m", behind, "-i", in, "-o", out, "--delay", "3")
	f, got := heard(t, out)
	require.Equal(t, mono, f)
	require.Equal(t, ramp, got)
}

func TestDenoiseSaysWhatWasNotAsItShouldBe(t *testing.T) {
	nan := float32(math.NaN())
	o := command(sound(t, mono(wav.Float32, 8000), nan, 0.5, 2), "denoise", "-m", save(t, doubler()))
	require.Equal(t, 0, o.code)
	require.Equal(t, sound(t, mono(wav.Float32, 8000), 0, 1, 4), o.stdout)
	require.Equal(t, "rnnrun: read 1 sample of the input as 0 instead of NaN or an infinity\n", o.stderr)
	o = command(sound(t, mono(wav.Int16, 8000), 0.75), "denoise", "-m", save(t, doubler()))
	require.Equal(t, "rnnrun: clipped 1 sample of the output to the range of s16\n", o.stderr)
}

func TestDenoiseRefuses(t *testing.T) {
	in := sound(t, mono(wav.Int16, 8000), 0)
	for _, c := range []struct {
		args []string
		text string
	}{
		{[]string{"-m", save(t, loudest())}, "denoise needs a model that reads samples of one channel"},
		{[]string{"-m", save(t, halves(0))}, "denoise needs a model that reads samples of one channel"},
		{[]string{"-m", save(t, doubler()), "--delay", "-1"}, "--delay -1"},
		{[]string{"-m", save(t, doubler()), "--rate", "8000"}, "--rate 8000: give the samples per second of sound that --raw reads"},
		{[]string{"-m", save(t, doubler()), "-i", "absent.wav"}, "absent.wav"},
	} {
		o := command(in, append([]string{"denoise"}, c.args...)...)
		require.NotZero(t, o.code, c.args)
		require.Contains(t, o.stderr, c.text)
	}
}
