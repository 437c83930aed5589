package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

func TestBenchSaysWhatItMeasured(t *testing.T) {
	set, err := kernels.Default()
	require.NoError(t, err)
	for _, c := range []struct {
		args string
		want []string
	}{
		{"--input 3 --hidden 9 --cold", []string{"LSTM 3 → 9, 1 layer, f32, random weights", "weights      3328 bytes per step", " % of the bandwidth of ", "\ncold "}},
		{"--input 3 --hidden 9 --dtype f16", []string{"LSTM 3 → 9, 1 layer, f16, random weights", "weights      3328 bytes per step"}}, // widened
		{"--input 3 --hidden 72 --dtype f16", []string{"weights      44352 bytes per step"}},
		{"--input 3 --hidden 33 --dtype int8", []string{"LSTM 3 → 33, 1 layer, int8, random weights", "weights      8320 bytes per step"}},
		{"--cell gru --layers 2 --hidden 8 --input 8", []string{"GRU 8 → 8, 2 layers"}},
		{"--cell rnn --hidden 8 --sequence 10", []string{"RNN 64 → 8", "sequences of 10 steps; times are per step"}},
		{"--cell rnn --hidden 8 --steps 100", []string{"\nsteady ", "each followed by a reference loop of the same length", ", max ", " of loops, ", "\n  without    p50 "}},
		{"--cell rnn --hidden 8 --sequence 10 --steps 100", []string{"sequences of 10 steps", "each followed by a reference loop of the same length"}},
		{"--cell rnn --hidden 8 --sequence 10 --rate 1000 --steps 100", []string{"  deadline   10 ms: real-time factor ", " missed it\n"}},
		{"-m builtin:shakespeare", []string{"model        builtin:shakespeare\n", " of a step\n"}},
		{"-m builtin:sentiment-ko", []string{"sequences of 64 steps", " of a sequence\n"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			// Emptying the caches takes long if they or their reader are emulated.
			args := append([]string{"bench", "--time", "1ms", "--cold=false"}, strings.Fields(c.args)...)
			text := printed(t, "", args...)
			for _, want := range append(c.want, "kernels      "+set.Name(), "allocations  0 per step", "\nwarm ") {
				require.Contains(t, text, want)
			}
			require.NotContains(t, text, "NaN")
			require.Equal(t, strings.Contains(text, "sequences"), !strings.Contains(text, "bandwidth"))
			require.Equal(t, strings.Contains(c.args, "--cold"), strings.Contains(text, "\ncold "))
			require.Equal(t, strings.Contains(c.args, "--steps"), strings.Contains(text, "\nsteady "))
		})
	}
}

func TestBenchJSON(t *testing.T) {
	type times struct {
		Samples, Batch int
		Step           map[string]float64 `json:"step_ns"`
		Cycles         float64
		Read           *float64 `json:"read_gb_per_second"`
		Ratio          *float64
	}
	type steady struct {
		times
		Interruptions map[string]float64
		Undisturbed   map[string]float64 `json:"undisturbed_ns"`
	}
	for _, sequence := range []int{0, 5} {
		var got struct {
			Model       string
			Sequence    int      `json:"sequence_steps"`
			Clock       float64  `json:"clock_ghz"`
			Allocations *float64 `json:"allocations_per_step"`
			Bytes       int      `json:"weight_bytes_per_step"`
			Warm        times
			Cold        *times
			Steady      steady
		}
		text := printed(t, "", "bench", "--json", "--time", "1ms", "--input", "1", "--hidden", "8",
			"--cold=false", "--steps", "100", "--sequence", strconv.Itoa(sequence))
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		require.Equal(t, "LSTM 1 → 8, 1 layer, f32, random weights", got.Model)
		require.Equal(t, sequence, got.Sequence)
		require.Positive(t, got.Clock)
		require.Zero(t, *got.Allocations)
		require.Equal(t, 4*32*(1+8+1), got.Bytes)
		require.Nil(t, got.Cold)
		require.Positive(t, got.Warm.Cycles)
		require.Equal(t, sequence == 0, got.Warm.Read != nil && got.Warm.Ratio != nil)
		require.GreaterOrEqual(t, got.Steady.Samples*got.Steady.Batch*max(sequence, 1), 100)
		require.LessOrEqual(t, got.Steady.Step["p99.9"], got.Steady.Step["max"])
		for _, key := range []string{"count", "seconds", "share", "longest_ns"} {
			require.Contains(t, got.Steady.Interruptions, key)
		}
		for _, c := range []times{got.Warm, got.Steady.times, {1, 1, got.Steady.Undisturbed, 1, nil, nil}} {
			require.Positive(t, c.Samples)
			require.Positive(t, c.Batch)
			require.Positive(t, c.Step["p50"])
			require.LessOrEqual(t, c.Step["p50"], c.Step["p99"])
			require.LessOrEqual(t, c.Step["p99"], c.Step["p99.9"])
		}
	}
}

// A block of n steps has the time of n steps at the rate.
func TestBenchCountsMissedDeadlines(t *testing.T) {
	type timing struct {
		Samples int
		NS      float64 `json:"deadline_ns"`
		Factor  float64 `json:"real_time_factor"`
		Missed  int     `json:"missed_deadlines"`
	}
	for _, c := range []struct {
		rate, sequence string
		ns             float64
		allMissed      bool
	}{
		{"1", "0", 1e9, false},
		{"2", "64", 32e9, false},
		{"1000000000", "5", 5, true},
	} {
		var got struct{ Warm, Steady timing }
		text := printed(t, "", "bench", "--json", "--time", "1ms", "--input", "1", "--hidden", "8", "--cold=false", "--steps", "100", "--rate", c.rate, "--sequence", c.sequence)
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		for _, got := range []timing{got.Warm, got.Steady} {
			require.InDelta(t, c.ns, got.NS, 1e-6)
			require.Equal(t, c.allMissed, got.Factor > 1)
			require.Equal(t, map[bool]int{true: got.Samples}[c.allMissed], got.Missed)
		}
	}
	require.NotContains(t, printed(t, "", "bench", "--json", "--time", "1ms", "--hidden", "8", "--cold=false"), "deadline")
}

func TestBenchMisuse(t *testing.T) {
	for args, text := range map[string]string{
		"--cell tree":                  "--cell tree: give rnn, lstm or gru",
		"--dtype f33":                  "--dtype f33: give f32, f16 or int8",
		"--hidden 0":                   "--hidden 0: give a number from 1 to 65536",
		"--layers 0":                   "--layers 0: give",
		"--input 100000":               "--input 100000: give",
		"--steps -1":                   "--steps -1: give a number from 0",
		"--steps 10000001":             "--steps 10000001: give a number from 0 to 10000000",
		"--sequence -1":                "--sequence -1: give a number from 0",
		"--rate -1":                    "--rate -1: give a number from 0",
		"--time 0s":                    "--time 0s: give a positive time",
		"--hidden 65536 --layers 3":    "weights, and at most 268435456 can be measured",
		"-m x.rnn --hidden 8":          "[hidden model]",
		"-m builtin:shakespeare extra": `takes no argument, but was given "extra"; files follow flags: -m MODEL`,
	} {
		t.Run(args, func(t *testing.T) {
			o := command("", append([]string{"bench"}, strings.Fields(args)...)...)
			require.Equal(t, 2, o.code, o.stderr)
			require.Empty(t, o.stdout)
			require.Contains(t, o.stderr, text)
		})
	}
	o := command("", "bench", "-m", "none.rnn")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, "none.rnn")
}

func TestDuration(t *testing.T) {
	for ns, want := range map[float64]string{88.59: "88.6 ns", 4670: "4.67 µs", 408000: "408 µs", 5.1e6: "5.1 ms"} {
		require.Equal(t, want, duration(ns))
	}
}
