package main

import (
	"encoding/json"
	"fmt"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// activities is a table of what so many people do: they rest, walk or run, each for a
// while and in turn.
func activities(people, steps int) string {
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("time,subject,ay,ax,activity\n")
	t := 0
	for person := range people {
		phase := 6 * rng.Float64()
		for range 2 {
			for _, does := range []struct {
				name        string
				pace, force float64
			}{{"rest", 0, 0}, {"walk", 0.3, 1}, {"run", 0.9, 3}} {
				for i := range steps {
					x := does.force * math.Sin(does.pace*float64(i)+phase)
					fmt.Fprintf(&b, "%.2f,p%d,%.3f,%.3f,%s\n", float64(t)/50, person, 5+x/2+0.2*rng.NormFloat64(), 100*x+20*rng.NormFloat64(), does.name)
					t++
				}
			}
		}
	}
	return b.String()
}

// quickly are flags of a training that takes no time.
var quickly = []string{"--hidden", "8", "--epochs", "30", "--batch", "8", "--lr", "0.02", "--dropout", "0"}

func TestClassifyReadings(t *testing.T) {
	data := write(t, "readings.csv", activities(8, 60))
	dir := t.TempDir()
	model, drawing := filepath.Join(dir, "activity.rnn"), filepath.Join(dir, "confusion.png")
	train := append([]string{"classify", data, "--label", "activity", "--columns", "ax,ay", "--window", "20", "--stride", "10", "--group", "subject",
		"--valid-fraction", "0.2", "--test-fraction", "0.3", "--confusion", drawing, "-o", model}, quickly...)
	code, stdout, stderr := invoke(t, append(train, "--json")...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, `columns read: "ax", "ay", "activity" (label), "subject" (group)`)
	require.Contains(t, stderr, `columns left out: "time" (it was not asked for)`)
	require.Contains(t, stderr, "240 windows of 20 readings, one every 10, from 8 stretches")
	require.Contains(t, stderr, "windows left out since their readings have several labels: 40")

	// The sides are whole groups, which differ.
	side := regexp.MustCompile(`windows to (\w+) on.*, in \d+ groups?: (.*)`)
	of := map[string]string{}
	for _, m := range side.FindAllStringSubmatch(stderr, -1) {
		for group := range strings.SplitSeq(m[2], ", ") {
			require.Empty(t, of[group], group)
			of[group] = m[1]
		}
	}
	require.Len(t, of, 8)

	var report struct {
		Test struct {
			Groups    []string
			Targets   int
			Accuracy  float64
			Confusion [][]int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout)
	require.Greater(t, report.Test.Accuracy, 0.95)
	for _, group := range report.Test.Groups {
		require.Equal(t, "measure", of[group])
	}
	file, err := os.Open(drawing)
	require.NoError(t, err)
	defer file.Close()
	_, err = png.Decode(file)
	require.NoError(t, err)

	// The file has all that is needed to read such data.
	m, err := rnn.Open(model)
	require.NoError(t, err)
	d := m.Description()
	require.Equal(t, &format.Data{Labels: []string{"rest", "run", "walk"}, Columns: []string{"ax", "ay"}, Targets: []string{"activity"}, Window: 20}, d.Data)
	length, stride := cli.Windowing(d)
	require.Equal(t, []int{20, 10}, []int{length, stride})
	require.Equal(t, []string{"rest", "run", "walk"}, d.Labels)
	require.InDelta(t, 5, d.Normalization.Mean[1], 0.5, "in the units of the data")

	groups := strings.Join(report.Test.Groups, ",")
	code, stdout, stderr = invoke(t, "eval", model, data, "--groups", groups, "--json")
	require.Zero(t, code, stderr)
	var again struct {
		Targets   int
		Accuracy  float64
		Confusion [][]int
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &again))
	require.Equal(t, []any{report.Test.Targets, report.Test.Accuracy, report.Test.Confusion}, []any{again.Targets, again.Accuracy, again.Confusion})

	code, stdout, stderr = invoke(t, "eval", model, data, "--test-fraction", "0.3", "--json")
	require.Zero(t, code, stderr)
	require.NoError(t, json.Unmarshal([]byte(stdout), &again))
	require.Equal(t, []any{report.Test.Targets, report.Test.Accuracy}, []any{again.Targets, again.Accuracy})

	code, stdout, stderr = invoke(t, "eval", model, data, "--group", "subject", "--groups", groups, "--window", "20", "--stride", "10", "--columns", "ax,ay",
		"--label", "activity", "--confusion", filepath.Join(dir, "c.svg"))
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, fmt.Sprintf("(%d of %d)", int(math.Round(again.Accuracy*float64(again.Targets))), again.Targets))
	svg, err := os.ReadFile(filepath.Join(dir, "c.svg"))
	require.NoError(t, err)
	for _, name := range []string{"rest", "run", "walk"} {
		require.Contains(t, string(svg), name)
	}
}

// Columns are found by their names, in any order, and other files are read as well.
func TestEvalOfReadingsInOtherFiles(t *testing.T) {
	table := activities(4, 60)
	model := filepath.Join(t.TempDir(), "activity.rnn")
	code, _, stderr := invoke(t, append([]string{"classify", write(t, "a.csv", table), "--label", "activity", "--window", "20", "--group", "subject", "--time", "time", "--gap", "1",
		"--balanced", "-o", model}, quickly...)...)
	require.Zero(t, code, stderr)
	measure := func(file, text string) string {
		t.Helper()
		code, stdout, stderr := invoke(t, "eval", model, write(t, file, text), "--json")
		require.Zero(t, code, stderr)
		return stdout[:strings.Index(stdout, `"seconds"`)]
	}
	want := measure("a.csv", table)
	var objects, swapped strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		f := strings.Split(line, ",")
		fmt.Fprintf(&swapped, "%s\t%s\t\"%s\"\t%s\t%s\n", f[4], f[3], f[0], f[1], f[2])
		if i > 0 {
			fmt.Fprintf(&objects, `{"activity":%q,"ax":%s,"subject":%q,"ay":%s}`+"\n", f[4], f[3], f[1], f[2])
		}
	}
	require.Equal(t, want, measure("a.tsv", swapped.String()))
	require.Equal(t, want, measure("a.jsonl", objects.String()))
}

func TestReadingsThatCannotBeTrainedOn(t *testing.T) {
	data := write(t, "a.csv", activities(2, 30))
	texts := write(t, "texts.tsv", reviews(20))
	out := filepath.Join(t.TempDir(), "m.rnn")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{data, "--label", "activity"}, 1, "if it is a table of readings, give --window"},
		{[]string{data, "--window", "10"}, 2, "--label is missing: name the column"},
		{[]string{data, "--window", "10", "--label", "activity", "--text", "time"}, 2, "--text has no effect here"},
		{[]string{texts, "--test-fraction", "0.2"}, 2, "--test-fraction has no effect here: it is for tables of readings"},
		{[]string{data, "--columns", "ax", "--label", "activity", "--stride", "3"}, 2, "--stride 3 is for windows"},
		{[]string{data, "--window", "10", "--label", "activity", "--gap", "3"}, 2, "--time and --gap need each other"},
		{[]string{data, "--window", "10", "--label", "activity", "--confusion", "x.gif"}, 2, "ends in neither .png nor .svg"},
		{[]string{data, "--window", "100", "--label", "activity", "--group", "subject", "--test-fraction", "1"}, 2, "--test-fraction 1"},
		{[]string{data, "--window", "50", "--label", "activity", "--group", "subject"}, 1, "no window of 50 readings has one label"},
		{[]string{data, "--window", "500", "--label", "activity", "--group", "subject"}, 1, "the longest of 2 has 180"},
		{[]string{data, "--window", "10", "--label", "activity", "--columns", "ax,az"}, 1, "no column is named az"},
	} {
		code, _, stderr := invoke(t, append([]string{"classify", "-o", out}, c.args...)...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, out)
	}
}

// Of every class something must be left to train on, and groups come whole.
func TestReadingsOfOneGroup(t *testing.T) {
	data := write(t, "a.csv", activities(1, 30))
	code, stdout, stderr := invoke(t, append([]string{"classify", data, "--label", "activity", "--columns", "ax,ay", "--window", "10", "--group", "subject",
		"-o", filepath.Join(t.TempDir(), "m.rnn")}, quickly[:4]...)...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "no group is held back, since training needs examples of every class")
	require.NotContains(t, stdout, "data", "nothing is measured")
}

// What was held back can be measured again without groups, too.
func TestEvalOfPiecesHeldBack(t *testing.T) {
	data := write(t, "a.csv", activities(3, 100))
	model := filepath.Join(t.TempDir(), "m.rnn")
	code, stdout, stderr := invoke(t, append([]string{"classify", data, "--label", "activity", "--window", "4", "--columns", "ax,ay", "--test-fraction", "0.3", "--seed", "7", "-o", model}, quickly[:4]...)...)
	require.Zero(t, code, stderr)
	_, want, found := strings.Cut(stdout, "on the test data:\n")
	require.True(t, found, stdout)
	code, got, stderr := invoke(t, "eval", model, data, "--test-fraction", "0.3", "--seed", "7")
	require.Zero(t, code, stderr)
	require.Equal(t, strings.Split(want, "\n")[0], strings.Split(got, "\n")[0])
	code, _, stderr = invoke(t, "eval", model, data, "--seed", "7")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--seed has no effect here")
}

// Without groups no reading is on two sides, and a class that is rare is on both.
func TestReadingsWithoutGroups(t *testing.T) {
	data := write(t, "a.csv", "x,does\n"+strings.Repeat("1,a\n", 400)+strings.Repeat("2,b\n", 80))
	model := filepath.Join(t.TempDir(), "m.rnn")
	code, _, stderr := invoke(t, append([]string{"classify", data, "--label", "does", "--window", "4", "--valid-fraction", "0.2", "-o", model}, quickly...)...)
	require.Zero(t, code, stderr)
	require.Regexp(t, `\d+ windows to train on\n\d+ windows to validate on\n`, stderr)
	require.Contains(t, stderr, "--group names the column")
}

// A model that was trained on readings is measured on readings, by its accuracy.
func TestQuantizeOnReadings(t *testing.T) {
	dir := t.TempDir()
	data, model, small := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.rnn"), filepath.Join(dir, "s.rnn")
	require.NoError(t, os.WriteFile(data, []byte(activities(4, 100)), 0o600))
	code, _, stderr := invoke(t, "classify", data, "--label", "activity", "--columns", "ax,ay", "--window", "10", "--group", "subject", "-o", model, "--epochs", "1", "--hidden", "8")
	require.Zero(t, code, stderr)
	code, out, stderr := invoke(t, "eval", model, data, "--json")
	require.Zero(t, code, stderr)
	var evaluated struct{ Accuracy float64 }
	require.NoError(t, json.Unmarshal([]byte(out), &evaluated))
	quantized := func(args ...string) (before, after float64, stderr string) {
		code, out, stderr := invoke(t, append([]string{"quantize", model, "-o", small, "--allow-loss", "--json", "--calibrate", data}, args...)...)
		require.Zero(t, code, stderr)
		var r struct {
			Before float64 `json:"accuracy_before"`
			After  float64 `json:"accuracy_after"`
		}
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		return r.Before, r.After, stderr
	}
	before, after, stderr := quantized()
	require.InDelta(t, 100*evaluated.Accuracy, before, 1e-9)
	code, out, stderr2 := invoke(t, "eval", small, data, "--json")
	require.Zero(t, code, stderr2)
	require.NoError(t, json.Unmarshal([]byte(out), &evaluated))
	require.InDelta(t, 100*evaluated.Accuracy, after, 1e-9)
	require.Equal(t, 1, strings.Count(stderr, "columns read"), stderr)

	code, _, stderr = invoke(t, "quantize", model, "-o", small, "--calibrate", data, "--columns", "ax,az")
	require.NotZero(t, code)
	require.Contains(t, stderr, "no column is named az")

	unlabelled := filepath.Join(dir, "u.csv")
	require.NoError(t, os.WriteFile(unlabelled, []byte(strings.Replace(activities(4, 100), "activity", "other", 1)), 0o600))
	code, out, stderr = invoke(t, "quantize", model, "-o", small, "--calibrate", unlabelled, "--allow-loss")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, `there is no column "activity", so outputs are compared`)
	require.Contains(t, out, "% of the outputs' spread")
}
