package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/childtest"
	"github.com/rnnrun/rnnrun/internal/faults"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// oneFault says which of all faults are tried: every one if RNNRUN_FAULTS is set to
// all, as CONTRIBUTING.md says.
func oneFault(t *testing.T, usual int) int {
	switch {
	case os.Getenv("RNNRUN_FAULTS") == "all":
		return 1
	case testing.Short():
		t.Skip("it runs the command once for every fault")
	}
	return usual
}

var seconds = regexp.MustCompile(`"seconds":[-+.e0-9]+`)

// wholeOfTraining reports whether what a training has written so far is whole: a
// model or a checkpoint of an earlier epoch, and the first lines of the log.
func wholeOfTraining(name, contents string) bool {
	switch filepath.Ext(name) {
	case ".rnn":
		_, err := format.Read(format.Align([]byte(contents)))
		return err == nil
	case ".jsonl":
		whole := contents[:strings.LastIndex(contents, "\n")+1]
		for line := range strings.Lines(whole) {
			if !json.Valid([]byte(line)) {
				return false
			}
		}
		return true
	case ".checkpoint", ".svg":
		return true // the next run reads it
	}
	return false
}

func TestFaultsOfATraining(t *testing.T) {
	one := oneFault(t, 83)
	folder := filepath.Join(t.TempDir(), "folder")
	args := []string{"lm", filepath.Join(folder, "text.txt"), "-o", filepath.Join(folder, "model.rnn"), "--plot", filepath.Join(folder, "x.svg"),
		"--epochs", "2", "--every", "2", "--batch", "2", "--window", "8", "--hidden", "4", "--embedding", "4", "--layers", "1", "--seed", "3"}
	p := faults.Program{
		Folder:    folder,
		Files:     map[string]string{"text.txt": strings.Repeat("to be, or not to be\n", 5)},
		Command:   func() *exec.Cmd { return childtest.Command(args...) },
		Again:     func() *exec.Cmd { return childtest.Command(append(args, "--resume")...) },
		Canonical: func(_, contents string) string { return seconds.ReplaceAllString(contents, `"seconds":0`) },
		Whole:     wholeOfTraining,
	}
	p.Test(t, one)
}

func TestFaultsOfTheOtherCommands(t *testing.T) {
	one := oneFault(t, 19)
	text := strings.Repeat("to be, or not to be\n", 5)
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "lm", write(t, "text.txt", text), "-o", model,
		"--epochs", "1", "--batch", "2", "--window", "8", "--hidden", "4", "--embedding", "4", "--layers", "1")
	require.Zero(t, code, stderr)
	trained, err := os.ReadFile(model)
	require.NoError(t, err)
	log, err := os.ReadFile(model + ".jsonl")
	require.NoError(t, err)
	amp := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 4, Outputs: 1, Task: format.TaskRegress, Seed: 1}.Model()
	amp.SampleRate = 8000
	ampPath := filepath.Join(t.TempDir(), "amp.rnn")
	require.NoError(t, format.WriteFile(ampPath, amp))
	ampFile, err := os.ReadFile(ampPath)
	require.NoError(t, err)
	sound, err := os.ReadFile(writeSound(t, filepath.Join(t.TempDir(), "dry.wav"), 8000, 1, []float32{0.5, -0.5, 0.25}))
	require.NoError(t, err)
	sounds := map[string]string{"m.rnn": string(ampFile), "dry.wav": string(sound), "wet.wav": string(sound), "out.wav": "old"}
	for _, c := range []struct {
		name    string
		command []string
		files   map[string]string
	}{
		{"eval an amplifier", []string{"eval", "m.rnn", "dry.wav", "wet.wav", "--played", "out.wav"}, sounds},
		{"quantize", []string{"quantize", "m.rnn", "-o", "out.rnn", "--allow-loss"}, map[string]string{"m.rnn": string(trained), "out.rnn": string(trained)}},
		{"convert", []string{"convert", "m.json", "-o", "out.rnn"}, map[string]string{"m.json": kerasJSON}},
		{"export", []string{"export", "m.rnn", "-o", "out.onnx"}, map[string]string{"m.rnn": string(trained), "out.onnx": "old"}},
		{"eval", []string{"eval", "m.rnn", "text.txt"}, map[string]string{"m.rnn": string(trained), "text.txt": text}},
		{"plot as svg", []string{"plot", "log.jsonl", "-o", "out.svg"}, map[string]string{"log.jsonl": string(log), "out.svg": "old"}},
		{"plot as png", []string{"plot", "log.jsonl", "-o", "out.png"}, map[string]string{"log.jsonl": string(log)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "folder")
			p := faults.Program{
				Folder: folder,
				Files:  c.files,
				Command: func() *exec.Cmd {
					var args []string
					for _, a := range c.command {
						if strings.Contains(a, ".") {
							a = filepath.Join(folder, a)
						}
						args = append(args, a)
					}
					return childtest.Command(args...)
				},
			}
			p.Test(t, one)
		})
	}
}

// TestFaultsOfEveryKindOfData is about the readers of data, which every training has
// of its own.
func TestFaultsOfEveryKindOfData(t *testing.T) {
	one := oneFault(t, 151)
	for command, file := range map[string]struct{ name, contents string }{
		"classify":  {"data.tsv", reviews(24)},
		"tag":       {"data.tsv", tagged(12)},
		"translate": {"data.tsv", spellings(12)},
		"forecast":  {"data.csv", waves(60)},
	} {
		t.Run(command, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "folder")
			args := []string{command, filepath.Join(folder, file.name), "-o", filepath.Join(folder, "model.rnn"), "--epochs", "1", "--hidden", "4", "--batch", "4"}
			p := faults.Program{
				Folder:    folder,
				Files:     map[string]string{file.name: file.contents},
				Command:   func() *exec.Cmd { return childtest.Command(args...) },
				Canonical: func(_, contents string) string { return seconds.ReplaceAllString(contents, `"seconds":0`) },
				Whole:     wholeOfTraining,
			}
			p.Test(t, one)
		})
	}
}

// kerasJSON is a model in RTNeural's JSON.
const kerasJSON = `{"in_shape": [null, null, 1], "layers": [
	{"type": "gru", "activation": "tanh", "shape": [null, null, 1],
	 "weights": [[[0.1, 0.2, 0.3]], [[0.4, 0.5, 0.6]], [[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]]},
	{"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [[[0.5]], [0.25]]}]}
`
