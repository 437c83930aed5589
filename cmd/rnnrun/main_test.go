package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// outcome is what a command line did.
type outcome struct {
	code           int
	stdout, stderr string
}

func command(stdin string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := run(args, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// printed runs a command line that succeeds and returns what it prints.
func printed(t *testing.T, stdin string, args ...string) string {
	o := command(stdin, args...)
	require.Equal(t, 0, o.code, o.stderr)
	require.Empty(t, o.stderr)
	return o.stdout
}

// save writes a model with a golden to a file and returns its path.
func save(t *testing.T, d *format.Model) string {
	path := filepath.Join(t.TempDir(), "model.rnn")
	m, err := cli.NewNetwork(d)
	require.NoError(t, err)
	var golden format.Golden
	switch {
	case d.Embedding != nil:
		golden, err = m.Golden([]int32{1, 0, 2}, nil)
	case d.TokenWidth() == 0:
		golden, err = m.Golden(nil, make([]float32, 3*d.InputSize))
	case d.InputSize == 0:
		golden, err = m.Golden(make([]int32, 3*d.TokenWidth()), nil)
	default:
		golden, err = m.Golden(make([]int32, 3*d.TokenWidth()), make([]float32, 3*d.InputSize))
	}
	require.NoError(t, err)
	d.Goldens = append(d.Goldens, golden)
	require.NoError(t, format.WriteFile(path, d))
	return path
}

// letterClassifier is a model that reads the letters a to z and knows two classes.
func letterClassifier() *format.Model {
	d := modeltest.Spec{
		Cell: format.CellLSTM, Input: 4, Hidden: 8, Tokens: 27, Bidirectional: true,
		Task: format.TaskClassify, Pool: format.PoolMax, Outputs: 2, Output: format.OutputSoftmax, Seed: 1,
	}.Model()
	letters(d)
	d.Labels = []string{"bad", "good"}
	return d
}

// letterWriter is a language model of the letters a to z.
func letterWriter() *format.Model {
	d := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 4, Hidden: 8, Tokens: 27,
		Task: format.TaskLanguage, Outputs: 27, Output: format.OutputSoftmax, Seed: 2,
	}.Model()
	letters(d)
	return d
}

func letters(d *format.Model) {
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	d.Vocabulary = []string{"\n"}
	for c := 'a'; c <= 'z'; c++ {
		d.Vocabulary = append(d.Vocabulary, string(c))
	}
}

func TestMisuseExitsWith2(t *testing.T) {
	for _, c := range []struct {
		args string
		text string
	}{
		{"nonsense", `unknown command "nonsense" for "rnnrun"`},
		{"cpu extra", `rnnrun cpu takes no argument, but was given "extra"`},
		{"classify --nonsense", "unknown flag: --nonsense"},
		{"generate -n x", `-n "x" is not a whole number`},
		{"generate -n -1", "-n -1: give 0 or a positive number"},
		{"generate --temperature -1", "--temperature -1: give 0"},
		{"generate --temperature nan", "--temperature NaN: give 0"},
		{"generate --top-k -1", "--top-k -1: give 0"},
		{"generate --top-k 3 --temperature 0", "--top-k 3 has no effect with --temperature 0"},
		{"generate --promt x", "unknown flag: --promt; did you mean --prompt?"},
		{"run", "give a model: -m MODEL"},
		{"tag they can", "give a model: -m MODEL"},
		{"run -m x.rnn --raw --header", "--header is for CSV"},
		{"inspect", "wrong number of arguments, 0; the usage is: rnnrun inspect [flags] MODEL"},
		{"verify", "wrong number of arguments, 0; the usage is: rnnrun verify [flags] MODEL"},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := command("", strings.Fields(c.args)...)
			require.Equal(t, 2, o.code)
			require.Empty(t, o.stdout)
			require.True(t, strings.HasPrefix(o.stderr, "rnnrun: "), o.stderr)
			require.Contains(t, o.stderr, c.text)
			require.Contains(t, o.stderr, "--help'.\n")
		})
	}
}

func TestFailureExitsWith1(t *testing.T) {
	language, classes := save(t, letterWriter()), save(t, letterClassifier())
	for _, c := range []struct {
		name string
		args []string
		text string
	}{
		{"no file", []string{"inspect", "none.rnn"}, "none.rnn"},
		{"no model", []string{"inspect", "main_test.go"}, "not a .rnn file"},
		{"no such built-in model", []string{"classify", "-m", "builtin:none", "a"}, `no such built-in model: "none"; there are g2p-en, sentiment-ko`},
		{"a model for another task", []string{"classify", "-m", language, "a"}, "classify needs a model for the task classify"},
		{"a model for another task", []string{"generate", "-m", classes}, "generate needs a model for the task language"},
		{"a prompt that the model cannot read", []string{"generate", "-m", language, "--prompt", "abC"}, `--prompt: token "C" at byte 2 is not in the vocabulary`},
		{"no input file", []string{"run", "-m", language, "-i", "none.csv"}, "none.csv"},
		{"no output folder", []string{"run", "-m", language, "-o", "none/out.csv"}, "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := command("", c.args...)
			require.Equal(t, 1, o.code)
			require.Empty(t, o.stdout)
			require.True(t, strings.HasPrefix(o.stderr, "rnnrun: "), o.stderr)
			require.Contains(t, o.stderr, c.text)
			require.Equal(t, 1, strings.Count(o.stderr, "\n"), "one line: %s", o.stderr)
		})
	}
}

func TestUnknownKernelsAreRefused(t *testing.T) {
	t.Setenv("RNNRUN_KERNELS", "none")
	for _, args := range [][]string{{"cpu"}, {"verify", "builtin:shakespeare"}, {"classify", "a"}} {
		o := command("", args...)
		require.Equal(t, 1, o.code)
		require.Contains(t, o.stderr, `environment variable RNNRUN_KERNELS: unknown kernel set "none"`)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		require.Contains(t, printed(t, "", "completion", shell), "rnnrun")
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"classify", "-m", "buil"}, "builtin:sentiment-ko\n"},
		{[]string{"verify", ""}, "builtin:shakespeare\n"},
		{[]string{"inspect", "builtin:sh"}, "builtin:shakespeare\n"},
		{[]string{"generate", "--to"}, "--top-k"},
		{[]string{"gen"}, "generate\t"},
	} {
		got := command("", append([]string{"__complete"}, c.args...)...)
		require.Equal(t, 0, got.code)
		require.Contains(t, got.stdout, c.want)
	}
	require.NotContains(t, command("", "__complete", "inspect", "./x").stdout, "builtin:")
}

// A reader that has seen enough closes the pipe; that is no error to speak of.
func TestBrokenPipeEndsQuietly(t *testing.T) {
	language, classes := save(t, letterWriter()), save(t, letterClassifier())
	for _, args := range [][]string{
		{"generate", "-m", language, "-n", "100000"},
		{"classify", "-m", classes, "-"},
		{"run", "-m", language},
		{"inspect", classes},
		{"cpu"},
	} {
		t.Run(args[0], func(t *testing.T) {
			in, out := io.Pipe()
			in.Close()
			stdin := "1\n2\n"
			if args[0] == "classify" {
				stdin = "a\nb\n"
			}
			var stderr bytes.Buffer
			require.Equal(t, 1, run(args, strings.NewReader(stdin), out, &stderr))
			require.Empty(t, stderr.String())
		})
	}
}

// lenient is a classifier that reads every text.
func lenient() *format.Model {
	d := letterClassifier()
	d.Tokenizer.Unknown = 0
	return d
}
