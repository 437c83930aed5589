package main

import (
	"bytes"
	"fmt"
	goruntime "runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// extremes are values that no flag may fail of otherwise than with a message.
func extremes(kind string) []string {
	switch kind {
	case "int", "int64", "uint64":
		return []string{"-1", "0", "2147483647", "4611686018427387904"}
	case "float32", "float64":
		return []string{"-1", "0", "2147483647", "1e300", "NaN", "Inf", "-Inf", "1e-45"}
	case "duration":
		return []string{"-1s", "0", "2562047h", "1ns"}
	}
	return nil
}

// full is a standard output whose reader goes when it has had so many bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, syscall.EPIPE
	}
	return len(b), nil
}

// TestNumbersOfFlags gives every flag that takes a number extreme ones. The command
// does its work or refuses the number; it does not panic, and takes no memory in
// the measure of the number.
func TestNumbersOfFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures how fast models are many times")
	}
	writer, translator := save(t, letterWriter()), save(t, letterTranslator())
	for _, args := range [][]string{
		{"generate", "-m", writer, "-n", "5", "--prompt", "a"},
		{"generate", "-m", writer, "-n", "5", "--prompt", "a", "--json"},
		{"translate", "-m", translator, "abc"},
		{"translate", "-m", translator, "--nbest", "3", "--json", "abc"},
		{"bench", "--hidden", "8", "--input", "4", "--time", "1ms", "--cold=false"},
	} {
		command, _, err := newRoot().Find(args)
		require.NoError(t, err)
		command.Flags().VisitAll(func(f *pflag.Flag) {
			for _, value := range extremes(f.Value.Type()) {
				t.Run(fmt.Sprintf("%s --%s=%s", args[0], f.Name, value), func(t *testing.T) {
					var before, after goruntime.MemStats
					goruntime.ReadMemStats(&before)
					var stderr bytes.Buffer
					code := run(append(args, "--"+f.Name+"="+value), strings.NewReader(""), &full{1 << 16}, &stderr)
					goruntime.ReadMemStats(&after)
					require.Contains(t, []int{0, 1, 2}, code)
					require.Less(t, stderr.Len(), 2000)
					require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20), "bytes of memory")
				})
			}
		})
	}
}

// A number that a flag cannot have is a usage error, which names the flag.
func TestInvalidNumbersOfFlagsAreUsageErrors(t *testing.T) {
	writer, translator, classifier, speech := save(t, letterWriter()), save(t, letterTranslator()), save(t, letterClassifier()), save(t, loudest())
	least := map[string]bool{ // flags whose least number is 1
		"beam": true, "hidden": true, "hold": true, "input": true, "layers": true, "max-connections": true, "max-groups": true, "max-length": true,
		"max-streams": true, "max-tokens": true, "nbest": true, "stride": true, "threads": true, "time": true, "idle": true,
	}
	negatives := map[string]bool{"release": true} // a negative --release is the default
	for _, args := range [][]string{
		{"generate", "-m", writer},
		{"translate", "-m", translator, "abc"},
		{"classify", "-m", classifier, "abc"},
		{"run", "-m", speech},
		{"vad", "-m", speech},
		{"denoise", "-m", speech},
		{"bench", "-m", speech},
		{"serve", "-m", speech, "--listen", "unix:/nowhere/none.sock"},
	} {
		found, _, err := newRoot().Find(args)
		require.NoError(t, err)
		found.Flags().VisitAll(func(f *pflag.Flag) {
			var values []string
			switch kind := f.Value.Type(); {
			case kind == "int" && least[f.Name]:
				values = []string{"-1", "0"}
			case kind == "int":
				values = []string{"-1"}
			case strings.HasPrefix(kind, "float"):
				values = []string{"-1", "NaN"}
			case kind == "duration" && least[f.Name]:
				values = []string{"-1s", "0"}
			case kind == "duration":
				values = []string{"-1s"}
			}
			for _, value := range values {
				if negatives[f.Name] && value == "-1" {
					continue
				}
				o := command("", append(args, "--"+f.Name+"="+value)...)
				require.Equal(t, 2, o.code, "%s --%s=%s: %s", args[0], f.Name, value, o.stderr)
				require.Contains(t, o.stderr, f.Name)
			}
		})
	}
}
