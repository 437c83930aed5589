package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Flags that would do nothing are refused by name, before anything is trained or
// written.
func TestFlagsThatDoNothingAreRefused(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("one two three ", 100))
	table := write(t, "table.tsv", "text\tlabel\naaaa\tyes\nbbbb\tno\naaa\tyes\nbbb\tno\n")
	numbers := write(t, "numbers.jsonl", strings.Repeat(`{"inputs":[1,2,3],"label":"a"}`+"\n"+`{"inputs":[3,1],"label":"b"}`+"\n", 4))
	tagged := write(t, "tagged.tsv", "token\ttag\na\tx\nb\ty\n\na\tx\n")
	pairs := write(t, "pairs.tsv", strings.Repeat("aab\tbba\nab\tba\n", 6))
	series := write(t, "series.csv", "x\n"+strings.Repeat("1\n2\n3\n", 30))
	trained := func(args ...string) string {
		model := filepath.Join(t.TempDir(), "model.rnn")
		code, _, stderr := invoke(t, append(args, "-o", model, "--hidden", "4", "--epochs", "1")...)
		require.Zero(t, code, stderr)
		return model
	}
	language := trained("lm", text, "--batch", "2", "--window", "8")
	texts := trained("classify", table)
	ofNumbers := trained("classify", numbers)
	tagger := trained("tag", tagged, "--valid-fraction", "0")
	translator := trained("translate", pairs)
	forecaster := trained("forecast", series, "--window", "8")

	for _, test := range []struct {
		command string // what is done, without the flags
		idle    string // flags, each of which does nothing
	}{
		{"lm " + text, "--momentum=0.5 --gamma=0.9 --step-size=2 --plateau-patience=2 --forget-bias=0 --bidirectional"},
		{"lm " + text + " --optimizer rmsprop", "--momentum=0.5"},
		{"lm " + text + " --schedule constant", "--gamma=0.9 --step-size=2 --plateau-patience=2"},
		{"lm " + text + " --schedule exponential", "--step-size=2 --plateau-patience=2"},
		{"lm " + text + " --schedule plateau", "--step-size=2"},
		{"lm " + text + " --schedule step", "--plateau-patience=2"},
		{"lm " + text + " --valid-fraction 0", "--patience=2"},
		{"lm " + text + " --valid " + text, "--valid-fraction=0.1"},
		{"lm " + text + " --tokens byte", "--vocabulary=9 --min-count=2"},
		{"classify " + table, "--inputs=values --label-file=x --valid-label-file=x --forget-bias=0"},
		{"classify " + table + " --tokens byte", "--vocabulary=9 --min-count=2"},
		{"classify " + numbers, "--text=t --tokens=word --vocabulary=9 --min-count=2 --lowercase --max-run=2 --max-length=9 --embedding=3 --valid-label-file=x"},
		{"classify " + table + " --valid-fraction 0", "--patience=2"},
		{"tag " + tagged + " --valid-fraction 0", "--patience=2"},
		{"tag " + tagged + " --cell gru", "--forget-bias=0"},
		{"translate " + pairs + " --valid-fraction 0", "--patience=2 --beam=3 --samples=2"},
		{"translate " + pairs + " --source-tokens byte", "--source-vocabulary=9 --source-min-count=1"},
		{"translate " + pairs + " --target-tokens byte", "--target-vocabulary=9 --target-min-count=1"},
		{"forecast " + series + " --valid-fraction 0", "--patience=2"},
		{"forecast " + series + " --cell gru", "--bidirectional --forget-bias=0"},
		{"gradflow " + text, "--momentum=0.5 --gamma=0.9 --step-size=2 --plateau-patience=2"},
		{"eval " + texts + " " + table, "--inputs=x --label-file=x --token=x --tag=x --source=x --target=x --beam=2 --samples=2 --last=0.5"},
		{"eval " + ofNumbers + " " + numbers, "--text=x --token=x --tag=x --source=x --target=x --beam=2 --samples=2 --last=0.5"},
		{"eval " + tagger + " " + tagged, "--text=x --label=x --inputs=x --label-file=x --source=x --target=x --beam=2 --samples=2 --last=0.5"},
		{"eval " + language + " " + text, "--text=x --label=x --inputs=x --label-file=x --token=x --tag=x --source=x --target=x --beam=2 --samples=2"},
		{"eval " + forecaster + " " + series, "--text=x --label=x --inputs=x --label-file=x --token=x --tag=x --source=x --target=x --beam=2 --samples=2"},
		{"eval " + translator + " " + pairs, "--text=x --label=x --inputs=x --label-file=x --token=x --tag=x --last=0.5"},
		{"quantize " + language, "--text=x --label=x --source=x --target=x --last=0.5 --steps=9"},
		{"quantize " + language + " --calibrate " + text, "--text=x --label=x --source=x --target=x --steps=9"},
		{"quantize " + texts + " --calibrate " + table, "--source=x --target=x --last=0.5 --steps=9"},
		{"quantize " + forecaster + " --calibrate " + series, "--text=x --label=x --source=x --target=x --last=0.5"},
		{"quantize " + translator + " --calibrate " + pairs, "--text=x --label=x --last=0.5 --steps=9"},
		{"quantize " + language + " --max-loss 1", "--allow-loss"},
	} {
		for _, flag := range strings.Fields(test.idle) {
			t.Run(filepath.Base(test.command)+" "+flag, func(t *testing.T) {
				args, out := append(strings.Fields(test.command), flag), filepath.Join(t.TempDir(), "out.rnn")
				switch args[0] {
				case "eval":
				case "gradflow":
					args = append(args, "-o", filepath.Join(t.TempDir(), "out.svg"))
				default:
					args = append(args, "-o", out)
				}
				code, stdout, stderr := invoke(t, args...)
				require.NotZero(t, code)
				require.Empty(t, stdout)
				require.NoFileExists(t, out)
				name, _, _ := strings.Cut(flag, "=")
				if name == "--bidirectional" {
					require.Regexp(t, "reverse direction|--bidirectional", stderr, "with the reason")
					return
				}
				require.Equal(t, 2, code, stderr)
				require.Regexp(t, name+" (has no effect here: |is for texts and series, but )", stderr)
				require.Less(t, len(stderr), 600)
			})
		}
	}
}

// A flag that is always refused is not offered.
func TestFlagsThatAreAlwaysRefusedAreNotOffered(t *testing.T) {
	for _, command := range []string{"lm", "forecast"} {
		code, stdout, _ := invoke(t, command, "--help")
		require.Zero(t, code)
		require.NotContains(t, stdout, "--bidirectional")
	}
	_, stdout, _ := invoke(t, "classify", "--help")
	require.Contains(t, stdout, "--bidirectional")
}

// Messages name what is likely meant, and stay short whatever the data hold.
func TestMessagesAreShortAndSuggest(t *testing.T) {
	var labels strings.Builder
	labels.WriteString("text\tlabel\n")
	for i := range 300 {
		labels.WriteString("aaaa\tlabel" + strings.Repeat("x", i) + "\n")
	}
	many := write(t, "many.tsv", labels.String())
	out := filepath.Join(t.TempDir(), "out.rnn")
	for _, test := range []struct {
		name, says string
		args       []string
	}{
		{"an unknown flag", "unknown flag: --hiden; did you mean --hidden?", []string{"lm", many, "-o", out, "--hiden", "3"}},
		{"an unknown value", `--cell "gruu" is not one of rnn, rnn-relu, lstm, gru, gru-reset-before; did you mean gru?`, []string{"lm", many, "-o", out, "--cell", "gruu"}},
		{"a long value", "is not one of rnn", []string{"lm", many, "-o", out, "--cell", strings.Repeat("x", 5000)}},
		{"a label of many", "(300 in all)", []string{"classify", many, "-o", out, "--labels", "none=NONE"}},
		{"a column", "did you mean temperature?", []string{"forecast", write(t, "s.csv", "temperature,wind\n1,2\n2,3\n"), "-o", out, "--columns", "temprature"}},
		{"a field of an architecture", `unknown field "module"; did you mean modules?`,
			[]string{"convert", write(t, "w.json", `{"rnn.weight_ih_l0":[[1]],"rnn.weight_hh_l0":[[1]]}`), "-o", out, "--arch", write(t, "arch.json", `{"module":[]}`)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, _, stderr := invoke(t, test.args...)
			require.NotZero(t, code)
			require.Contains(t, stderr, test.says)
			require.Less(t, len(stderr), 1000)
		})
	}
}
