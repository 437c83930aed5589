package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// whistles has some people whistle up and down, each so many times and as high and as long
// as they like, in files up_PERSON_0.wav, and returns the folder.
func whistles(t *testing.T, people, times int) string {
	folder := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	for person := range people {
		for i := range times {
			for label, bend := range map[string]float64{"up": 1, "down": -1} {
				rng := rand.New(rand.NewPCG(rng.Uint64()&0xFF+uint64(i), uint64(bend+2)))
				samples := make([]float32, 300+rng.IntN(300))
				hertz, phase := 700+40*float64(person)-200*bend, 0.0
				for k := range samples {
					phase += 2 * math.Pi * (hertz + 400*bend*float64(k)/float64(len(samples))) / soundRate
					samples[k] = float32(0.3*math.Sin(phase) + 0.01*rng.NormFloat64())
				}
				writeSound(t, filepath.Join(folder, fmt.Sprintf("%s_p%d_%d.wav", label, person, i)), soundRate, 1, samples)
			}
		}
	}
	return folder
}

// listWhistles writes a table of the whistles in a folder beside them, and returns its path.
func listWhistles(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.wav"))
	require.NoError(t, err)
	table := "path,who,label\n"
	for _, name := range names {
		parts := strings.Split(filepath.Base(name), "_")
		table += fmt.Sprintf("%s,%s,%s\n", filepath.Base(name), parts[1], parts[0])
	}
	list := filepath.Join(folder, "list.csv")
	require.NoError(t, os.WriteFile(list, []byte(table), 0o600))
	return list
}

const soundRate = 4000

// ofWhistles are flags of a training on whistles.
var ofWhistles = append([]string{"--front-end", "logmel:rate=4000,window=64,hop=32,mels=10,offset=1e-4"}, quickly...)

type soundReport struct {
	ValidationAccuracy float64 `json:"validation_accuracy"`
	ValidationLoss     float64 `json:"validation_loss"`
	Validation, Test   struct {
		Groups         []string
		Targets        int
		Accuracy, Loss float64
		Confusion      [][]int
	}
}

// A folder of sounds becomes a model that reads samples, which is measured on people whom
// it has not heard.
func TestClassifySounds(t *testing.T) {
	folder := whistles(t, 6, 4)
	dir := t.TempDir()
	model := filepath.Join(dir, "whistles.rnn")
	code, stdout, stderr := invoke(t, append([]string{"classify", folder, "--pattern", "{label}_{group}_*", "--valid-fraction", "0.2", "--test-fraction", "0.2",
		"--confusion", filepath.Join(dir, "confusion.svg"), "--json", "-o", model}, ofWhistles...)...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, ": 48 sounds\n")
	require.Contains(t, stderr, "32 sounds to train on, in 4 groups: ")
	require.Contains(t, stderr, "8 sounds to validate on, in 1 group: ")
	var report soundReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout)
	require.Equal(t, 8, report.Test.Targets)
	require.Len(t, report.Test.Groups, 1)
	require.GreaterOrEqual(t, report.Test.Accuracy, 0.85)
	require.FileExists(t, filepath.Join(dir, "confusion.svg"))

	m, err := rnn.Open(model)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Verify())
	require.Equal(t, 32, m.InputSize(), "it reads samples")
	require.InDelta(t, 125, m.SampleRate(), 0)
	require.Equal(t, []string{"down", "up"}, m.Labels())

	for _, flags := range [][]string{{"--groups", report.Test.Groups[0]}, {"--test-fraction", "0.2"}} {
		code, stdout, stderr = invoke(t, append([]string{"eval", model, folder, "--json"}, flags...)...)
		require.Zero(t, code, stderr)
		var again soundReport
		require.NoError(t, json.Unmarshal([]byte(stdout), &again.Test))
		again.Test.Groups = report.Test.Groups
		require.Equal(t, report.Test, again.Test, flags)
	}
}

// What the training computes of features is what the model computes of samples.
func TestTheModelOfSoundsComputesWhatTheTrainingDid(t *testing.T) {
	folder := whistles(t, 4, 3)
	for _, flags := range [][]string{{}, {"--window", "20"}, {"--dtype", "int8"}, {"--cell", "lstm", "--bidirectional", "--pool", "max"}} {
		model := filepath.Join(t.TempDir(), "whistles.rnn")
		code, stdout, stderr := invoke(t, append(append([]string{"classify", folder, "--pattern", "{label}_{group}_*", "--valid-fraction", "0.5", "--json",
			"-o", model}, ofWhistles...), flags...)...)
		require.Zero(t, code, stderr)
		var report soundReport
		require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout)
		require.Equal(t, report.ValidationAccuracy, report.Validation.Accuracy)
		require.InDelta(t, report.ValidationLoss, report.Validation.Loss, 1e-4*report.ValidationLoss, flags)
		length, stride := cli.Windowing(read(t, model))
		if len(flags) > 0 && flags[0] == "--window" {
			require.Equal(t, []int{20, 4}, []int{length, stride})
		} else {
			require.Zero(t, length)
		}
	}
}

// A table may list the sounds, which lie elsewhere.
func TestClassifySoundsOfATable(t *testing.T) {
	folder := whistles(t, 3, 3)
	list := listWhistles(t, folder)
	dir := t.TempDir()
	train := func(model, data string, flags ...string) []byte {
		code, _, stderr := invoke(t, append(append([]string{"classify", data, "--valid-fraction", "0.3", "-o", model}, ofWhistles...), flags...)...)
		require.Zero(t, code, stderr)
		b, err := json.Marshal(read(t, model).Graph.Nodes)
		require.NoError(t, err)
		return b
	}
	ofTable := filepath.Join(dir, "a.rnn")
	require.Equal(t, train(filepath.Join(dir, "b.rnn"), folder, "--pattern", "{label}_{group}_*"), train(ofTable, list, "--group", "who"), "the same sounds give the same weights")
	code, stdout, stderr := invoke(t, "eval", ofTable, list, "--groups", "p1")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "of 6)")
}

func TestSoundsThatCannotBeTrainedOn(t *testing.T) {
	folder := whistles(t, 2, 2)
	stereo := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(stereo, "a"), 0o755))
	writeSound(t, filepath.Join(stereo, "a", "x.wav"), soundRate, 2, make([]float32, 200))
	fast := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(fast, "a"), 0o755))
	writeSound(t, filepath.Join(fast, "a", "x.wav"), 2*soundRate, 1, make([]float32, 200))
	none := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(none, "a"), 0o755))
	writeSound(t, filepath.Join(none, "a", "x.wav"), soundRate, 1, nil)
	texts := write(t, "texts.csv", "text,label\na,b\n")
	front := []string{"--front-end", "logmel:rate=4000"}
	for _, c := range []struct {
		name    string
		args    []string
		code    int
		message string
	}{
		{"no front end", []string{folder}, 2, "is a folder, whose sounds need a --front-end"},
		{"unknown front end", []string{folder, "--front-end", "cqt:rate=4000"}, 2, `the front end is of the kind "cqt"`},
		{"no pattern", append([]string{folder, "--pattern", "{group}_*"}, front...), 1, "needs {label} once"},
		{"column of a folder", append([]string{folder, "--group", "who"}, front...), 2, "--group has no effect here: --pattern gives the"},
		{"pattern of a table", append([]string{texts, "--pattern", "{label}"}, front...), 2, "is a table of sounds"},
		{"flags of texts", append([]string{folder, "--tokens", "byte"}, front...), 2, "--tokens has no effect here"},
		{"flags of readings", append([]string{folder, "--columns", "x"}, front...), 2, "--columns has no effect here"},
		{"no sounds", append([]string{texts}, front...), 1, "no column is named path or file"},
		{"flags of sounds", []string{texts, "--pattern", "{label}"}, 2, "--pattern has no effect here"},
		{"two channels", append([]string{stereo}, front...), 1, "it has 2 channels, but the model reads 1"},
		{"another rate", append([]string{fast}, front...), 1, "it has 8000 samples per second, but the model was made for 4000: give --resample"},
		{"empty", append([]string{none}, front...), 1, "it has no samples"},
		{"one label", append([]string{fast, "--resample"}, front...), 1, "learning needs at least two"},
	} {
		code, _, stderr := invoke(t, append([]string{"classify", "-o", filepath.Join(t.TempDir(), "x.rnn")}, c.args...)...)
		require.Equal(t, c.code, code, "%s: %s", c.name, stderr)
		require.Contains(t, stderr, c.message, c.name)
	}
}

// Altered copies and background are made of what is trained on alone.
func TestSoundsThatAreMade(t *testing.T) {
	folder := whistles(t, 4, 3)
	dir := t.TempDir()
	train := func(name string, flags ...string) (model, stderr string) {
		model = filepath.Join(dir, name)
		code, _, stderr := invoke(t, append(append([]string{"classify", folder, "--pattern", "{label}_{group}_*", "--window", "24", "--valid-fraction", "0.34",
			"--test-groups", "p2", "-o", model}, ofWhistles...), flags...)...)
		require.Zero(t, code, stderr)
		return model, stderr
	}
	model, stderr := train("a.rnn", "--augment", "copies=2,speed=5", "--background", "nothing")
	require.Contains(t, stderr, "54 sounds to train on, in 2 groups: ", "12, twice as many copies, and half as much background")
	require.Contains(t, stderr, "altered copies among the sounds to train on: 24\nbackground among the sounds to train on: 18\n")
	require.Contains(t, stderr, "6 sounds to measure on at the end, in 1 group: p2")
	require.Equal(t, []string{"down", "nothing", "up"}, read(t, model).Labels)
	once := func(augment, seed string) string {
		model, _ := train("b.rnn", "--augment", augment, "--seed", seed, "--epochs", "1")
		return weights(t, model)
	}
	first := once("copies=2,speed=5", "1")
	require.Equal(t, first, once("copies=2,speed=5", "1"), "the same seed makes the same sounds")
	require.NotEqual(t, first, once("copies=2,speed=5", "2"))

	// It hears nothing in silence and in noise.
	m, err := rnn.Open(model)
	require.NoError(t, err)
	defer m.Close()
	rng := rand.New(rand.NewPCG(5, 6))
	hiss := make([]float32, 24*32)
	for i := range hiss {
		hiss[i] = 0.02 * float32(rng.NormFloat64())
	}
	for _, sound := range [][]float32{make([]float32, 24*32), hiss} {
		y, err := m.NewSession().Run(sound)
		require.NoError(t, err)
		require.Greater(t, y[1], float32(0.5), "nothing")
	}

	noise := t.TempDir()
	writeSound(t, filepath.Join(noise, "hiss.wav"), soundRate, 1, hiss)
	require.NotEqual(t, first, once("copies=2,speed=5,noise="+noise, "1"))

	for _, c := range []struct {
		message string
		flags   []string
	}{
		{`--augment: "copy=2" is not one of copies=N`, []string{"--augment", "copy=2"}},
		{`--augment: "copies=x" has no number`, []string{"--augment", "copies=x"}},
		{"--augment copies 0 must be at least 1", []string{"--augment", "speed=3"}},
		{"--augment speed 51", []string{"--augment", "copies=1,speed=51"}},
		{"--background needs windows: give --window", []string{"--background", "nothing"}},
		{`--test-groups: there is no group "p9"`, []string{"--test-groups", "p9"}},
		{"give only one of them", []string{"--test-groups", "p1", "--test-fraction", "0.2"}},
	} {
		code, _, stderr := invoke(t, append(append([]string{"classify", folder, "--pattern", "{label}_{group}_*", "-o", filepath.Join(dir, "e.rnn")}, ofWhistles...), c.flags...)...)
		require.NotZero(t, code, c.message)
		require.Contains(t, stderr, c.message)
	}
}

// weights returns the nodes of a model's graph, with their weights.
func weights(t *testing.T, model string) string {
	b, err := json.Marshal(read(t, model).Graph.Nodes)
	require.NoError(t, err)
	return string(b)
}

// A training goes on with a model of sounds: by the same front end, without steps, it gives
// what that gave.
func TestClassifySoundsFromAModel(t *testing.T) {
	folder := whistles(t, 3, 3)
	for _, flags := range [][]string{{}, {"--bidirectional", "--pool", "max", "--window", "12"}, {"--dtype", "int8"}} {
		first := trainWhistles(t, folder, append(flags, "--epochs", "6")...)
		loss := func(model string) float64 {
			code, stdout, stderr := invoke(t, "eval", model, folder, "--json")
			require.Zero(t, code, stderr)
			var e struct{ Loss float64 }
			require.NoError(t, json.Unmarshal([]byte(stdout), &e))
			return e.Loss
		}
		again := func(rate string) string {
			return trainWhistles(t, folder, append(flags, "--from", first, "--epochs", "2", "--lr", rate)...)
		}
		require.InDelta(t, loss(first), loss(again("1e-12")), 1e-3, flags)
		require.Less(t, loss(again("0.01")), 0.9*loss(first), flags)
	}
}

func TestModelsThatNoTrainingOnSoundsStartsFrom(t *testing.T) {
	folder := whistles(t, 2, 2)
	model := trainWhistles(t, folder, "--epochs", "1")
	_, numbers := trainActivities(t)
	front := []string{"--pattern", "{label}_{group}_*", "--front-end"}
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"another front end", append([]string{folder, "--from", model}, append(front, "logmel:rate=4000,window=64,hop=32,mels=12,offset=1e-4")...), `it was trained with the front end "logmel:rate=4000,window=64,hop=32,mels=10,offset=1e-4": give the same --front-end`},
		{"no front end", append([]string{folder, "--from", numbers}, append(front, "logmel:rate=4000")...), "leave out --from, and train a new model"},
		{"readings", []string{write(t, "readings.csv", activities(2, 20)), "--label", "activity", "--columns", "ax,ay", "--window", "10", "--from", model}, "train it on sounds, with this --front-end"},
		{"another size", append([]string{folder, "--from", model}, append(ofWhistles, "--hidden", "9")...), "leave out one of the two flags"},
	} {
		code, _, stderr := invoke(t, append([]string{"classify", "-o", filepath.Join(t.TempDir(), "x.rnn")}, c.args...)...)
		require.Equal(t, 2, code, "%s: %s", c.name, stderr)
		require.Contains(t, stderr, c.says, c.name)
	}
}
