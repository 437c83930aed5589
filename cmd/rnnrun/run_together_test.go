package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// rawOutputs returns the outputs of each answer as they were written.
func rawOutputs(t *testing.T, lines string) (list []string) {
	for line := range strings.Lines(lines) {
		var answer struct {
			Sequence, Step int
			Outputs        json.RawMessage
		}
		require.NoError(t, json.Unmarshal([]byte(line), &answer), line)
		list = append(list, string(answer.Outputs))
	}
	return list
}

// The sequences of an array, which are run together, have the answers, errors and states
// that they have as lines, one sequence after the other.
func TestSequencesOfAnArrayAreRunAsOneByOne(t *testing.T) {
	const sequences, steps = togetherStreams + 7, 6
	scored := watcher()
	for _, k := range append(tasks(), task{"several cells", different()}, task{"scored", scored.d}) {
		t.Run(k.name, func(t *testing.T) {
			model, dir, width := save(t, k.d), t.TempDir(), k.width()
			file := func(name string) string { return filepath.Join(dir, name) }
			bad := float32(math.NaN())
			if k.d.Embedding != nil {
				bad = 99
			}
			good, faulty := k.sequence(sequences*steps, 1), k.sequence(sequences*steps, 1)
			for _, step := range []int{3*steps + 2, 3*steps + 3, 66 * steps, 66*steps + 1, 66*steps + 2, 66*steps + 3, 66*steps + 4, 66*steps + 5} {
				faulty[step*width] = bad
			}
			args := []string{"run", "-m", model, "--json"}
			if k.name == "scored" {
				args = append(args, "--anomaly")
			}
			run := func(xs []float32, flags ...string) {
				var lines strings.Builder
				for at := 0; at < len(xs); at += steps * width {
					lines.WriteString(csv(xs[at:][:steps*width], width) + "\n")
				}
				require.NoError(t, os.WriteFile(file("in.npy"), []byte(array(t, xs, k.d.Embedding != nil, sequences, steps, width)), 0o600))
				require.NoError(t, os.WriteFile(file("in.csv"), []byte(lines.String()), 0o600))
				as := func(name string) outcome {
					list := append(append([]string(nil), args...), "-i", file("in"+name))
					for _, flag := range flags {
						list = append(list, strings.ReplaceAll(flag, "*", file(strings.TrimPrefix(name, "."))))
					}
					return command("", list...)
				}
				want, got := as(".csv"), as(".npy")
				require.Equal(t, want.code, got.code, got.stderr)
				require.Equal(t, rawOutputs(t, want.stdout), rawOutputs(t, got.stdout))
				require.Equal(t, strings.Count(want.stderr, "\n"), strings.Count(got.stderr, "\n"), got.stderr)
				for _, states := range []string{"1.npz", "2.npz"} {
					want, failed := os.ReadFile(file("csv" + states))
					got, err := os.ReadFile(file("npy" + states))
					require.Equal(t, failed == nil, err == nil)
					require.Equal(t, want, got)
				}
			}
			run(good)
			run(faulty)
			run(faulty, "--strict")
			run(good, "--state-out", "*1.npz")
			run(good, "--state-in", "*1.npz", "--state-out", "*2.npz")
			run(faulty, "--state-in", "*1.npz", "--state-out", "*2.npz", "--strict")
		})
	}
}

// Of sequences without steps the one that a model cannot answer is named, after the
// answers of those before it.
func TestSequencesWithoutStepsEndARun(t *testing.T) {
	for _, k := range tasks() {
		path := filepath.Join(t.TempDir(), "in.npy")
		require.NoError(t, os.WriteFile(path, []byte(array(t, k.sequence(8, 1), k.d.Embedding != nil, 4, 2, k.width())), 0o600))
		o := command("", "run", "-m", save(t, k.d), "--json", "-i", path, "--lengths", "2,1,0,2")
		if k.d.Pool == format.PoolNone {
			require.Equal(t, 0, o.code, o.stderr)
			require.Len(t, rawOutputs(t, o.stdout), 5)
			continue
		}
		require.Equal(t, 1, o.code)
		require.Contains(t, o.stderr, "sequence 2: ")
		require.Len(t, rawOutputs(t, o.stdout), 2)
	}
}
