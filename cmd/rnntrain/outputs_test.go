package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// outputs are the flags of every command that name a file to write, after what the
// command needs besides. The inputs are missing: an error that is about the output
// shows that it was tried before any work.
func outputs(dir string) map[string][]string {
	in, out := filepath.Join(dir, "missing"), filepath.Join(dir, "out")
	commands := map[string][]string{
		"convert -o":       {"convert", in, "-o"},
		"join -o":          {"join", in, in, "-o"},
		"quantize -o":      {"quantize", in, "-o"},
		"quantize --drift": {"quantize", in, "-o", out, "--calibrate", in + ".csv", "--drift"},
		"plot -o":          {"plot", in, "-o"},
		"gradflow -o":      {"gradflow", in, "-o"},
	}
	for _, c := range []string{"lm", "tag", "translate", "forecast", "classify"} {
		commands[c+" -o"] = []string{c, in, "-o"}
		for _, flag := range []string{"--log", "--plot", "--checkpoint"} {
			commands[c+" "+flag] = []string{c, in, "-o", out, flag}
		}
	}
	return commands
}

func TestOutputsAreTriedBeforeTheWork(t *testing.T) {
	for name, args := range outputs(t.TempDir()) {
		for _, c := range []struct{ what, path, want string }{
			{"a missing folder", "none/x.png", "no such file or directory"},
			{"a file as a folder", "file/x.png", "not a directory"},
			{"a folder", "folder.png", "is a directory"},
			{"a folder's name", "none/", ""},
		} {
			if c.what == "a folder" && strings.HasSuffix(name, "--checkpoint") {
				continue // it goes into the folder
			}
			t.Run(name+" "+c.what, func(t *testing.T) {
				dir := t.TempDir()
				require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.png"), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
				path := dir + "/" + c.path
				code, _, stderr := invoke(t, append(args, path)...)
				require.NotZero(t, code)
				require.Contains(t, stderr, path, "the error names the file")
				require.Contains(t, stderr, c.want)
				entries, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Len(t, entries, 2, "the trial leaves nothing behind")
			})
		}
		t.Run(name+" -", func(t *testing.T) {
			code, _, stderr := invoke(t, append(args, "-")...)
			require.Equal(t, 2, code)
			require.Contains(t, stderr, "- does not mean the standard input or output here")
			require.NoFileExists(t, "-")
		})
	}
}

func TestTheTrialOfOutputsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	for name, args := range outputs(dir) {
		code, _, stderr := invoke(t, append(args, filepath.Join(dir, "x.png"))...)
		require.Equal(t, 1, code, name)
		require.Contains(t, stderr, "missing", "it is the input that is not there")
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries, name)
	}
}

func TestAnOutputThatIsBeingWrittenIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.png")
	release, err := atomicfile.Claim(path)
	require.NoError(t, err)
	defer release()
	if second, err := atomicfile.Claim(path); err == nil {
		second()
		t.Skip("this system has no locks that end with their process")
	}
	for name, args := range outputs(dir) {
		code, _, stderr := invoke(t, append(args, path)...)
		require.Equal(t, 1, code, name)
		require.Contains(t, stderr, path+": another process is writing to it", name)
	}
}

func TestAnOutputNeverReplacesAnInput(t *testing.T) {
	text := strings.Repeat("to be, or not to be\n", 20)
	for name, args := range map[string][]string{
		"the data by the model":              {"lm", "IN", "-o", "IN"},
		"by another name":                    {"lm", "IN", "-o", "./IN"},
		"by a link":                          {"lm", "IN", "-o", "LINK"},
		"the data by the log":                {"forecast", "IN", "-o", "x", "--log", "IN"},
		"the data by the usual log":          {"lm", "IN.jsonl", "-o", "IN"},
		"the data by the plot":               {"tag", "IN.png", "-o", "x", "--plot", "IN.png"},
		"the data by the checkpoint":         {"translate", "x", "IN", "-o", "x", "--checkpoint", "IN"},
		"the labels":                         {"classify", "x.npy", "--label-file", "IN", "-o", "IN"},
		"the data to validate on":            {"lm", "x", "--valid", "IN", "-o", "IN"},
		"the model to start from by the log": {"lm", "x", "--from", "builtin:shakespeare", "-o", "y", "--log", "y"},
		"a foreign model":                    {"convert", "IN", "-o", "IN"},
		"the description of one":             {"convert", "x", "--arch", "IN", "-o", "IN"},
		"a constant":                         {"convert", "x", "--input", "W=IN", "-o", "IN"},
		"half a foreign model":               {"join", "x", "IN", "-o", "IN"},
		"a vocabulary":                       {"join", "x", "y", "--vocabulary", "IN", "-o", "IN"},
		"the data to calibrate on":           {"quantize", "x", "--calibrate", "IN", "-o", "IN"},
		"a log":                              {"plot", "IN.png", "-o", "IN.png"},
		"a text":                             {"gradflow", "IN.png", "-o", "IN.png"},
		"two outputs":                        {"lm", "IN", "-o", "x", "--checkpoint", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, file := range []string{"IN", "IN.jsonl", "IN.png", "x.npy"} {
				require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			}
			if err := os.Symlink("IN", "LINK"); err != nil && name == "by a link" {
				t.Skip("no symbolic link can be made here: ", err)
			}
			code, _, stderr := invoke(t, args...)
			require.Equal(t, 2, code, stderr)
			require.Regexp(t, "would overwrite it; choose another|are the same file; choose two", stderr)
			for _, file := range []string{"IN", "IN.jsonl", "IN.png"} {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Equal(t, text, string(data))
			}
		})
	}
}

// A model may take the place of the one that it was made from, which is read before.
func TestAModelMayTakeThePlaceOfItsOrigin(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 40))
	model := filepath.Join(t.TempDir(), "model.rnn")
	for _, args := range [][]string{
		{"lm", text, "-o", model, "--epochs", "1", "--batch", "2", "--window", "5", "--hidden", "8"},
		{"lm", text, "-o", model, "--epochs", "1", "--batch", "2", "--window", "5", "--from", model},
		{"quantize", model, "-o", model, "--allow-loss"},
	} {
		code, _, stderr := invoke(t, args...)
		require.Zero(t, code, stderr)
	}
}

func TestInputsThatAreNoFilesAreRefusedByName(t *testing.T) {
	for _, args := range [][]string{
		{"lm", "-", "-o", "x"}, {"classify", "-", "-o", "x"}, {"tag", "-", "-o", "x"}, {"translate", "x", "-", "-o", "x"},
		{"forecast", "-", "-o", "x"}, {"quantize", "-", "-o", "x"}, {"export", "-", "-o", "x.onnx"}, {"eval", "-", "x"}, {"eval", "x", "-"}, {"plot", "-", "-o", "x.png"},
		{"gradflow", "-", "-o", "x.png"}, {"join", "-", "x", "-o", "y"}, {"lm", "x", "--valid", "-", "-o", "y"}, {"lm", "x", "--from", "-", "-o", "y"},
		{"convert", "x", "-o", "y", "--arch", "-"}, {"convert", "x", "-o", "y", "--check", "-"}, {"convert", "x", "-o", "y", "--input", "W=-"},
		{"quantize", "x", "-o", "y", "--calibrate", "-"}, {"classify", "x", "-o", "y", "--label-file", "-"},
	} {
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile("-", []byte("no one reads this\n"), 0o600))
		require.NoError(t, os.WriteFile("x", []byte("{}"), 0o600))
		code, _, stderr := invoke(t, args...)
		require.Equal(t, 2, code, "%q %s", args, stderr)
		require.Contains(t, stderr, "-", args)
	}
}

// What cannot be logged stops no training, but the exit code tells.
func TestATrainingWhoseLogFailsTellsAtItsEnd(t *testing.T) {
	if f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err != nil {
		t.Skip("there is no /dev/full to write to here")
	} else {
		require.NoError(t, f.Close())
	}
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 40))
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "lm", text, "-o", model, "--epochs", "1", "--batch", "2", "--window", "5", "--hidden", "8", "--log", "/dev/full")
	require.Equal(t, 1, code, stderr)
	require.Contains(t, stderr, "the log cannot be written: write /dev/full: no space left on device; training continues")
	require.Contains(t, stdout, "epoch 1 of 1")
	require.NoFileExists(t, model+".checkpoint", "the training has ended")
	require.NotNil(t, read(t, model))
}

// A pipe is opened once: its reader ends when the training does.
func TestALogGoesToAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "log")
	if err := makePipe(pipe); err != nil {
		t.Skip("no named pipe can be made here: ", err)
	}
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 40))
	args := []string{"lm", text, "-o", filepath.Join(t.TempDir(), "model.rnn"), "--epochs", "2", "--batch", "2", "--window", "5", "--hidden", "8", "--log", pipe}
	code, _, stderr := invoke(t, append(args, "--plot", "x.png")...)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--plot draws the log, but --log "+pipe)

	logged := make(chan string)
	go func() {
		data, err := os.ReadFile(pipe)
		if err != nil {
			data = []byte(err.Error())
		}
		logged <- string(data)
	}()
	code, _, stderr = invoke(t, args...)
	require.Zero(t, code, stderr)
	require.Equal(t, 2, strings.Count(<-logged, `"epoch_ended":true`))
	info, err := os.Stat(pipe)
	require.NoError(t, err)
	require.Equal(t, os.ModeNamedPipe, info.Mode().Type())
}

// Two trainings of one model would overwrite each other's checkpoint and log.
func TestASecondTrainingOfAModelIsRefused(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 40))
	model := filepath.Join(t.TempDir(), "model.rnn")
	probe, err := atomicfile.Claim(model)
	require.NoError(t, err)
	second, err := atomicfile.Claim(model)
	probe()
	if err == nil {
		second()
		t.Skip("this system has no locks that end with their process")
	}
	args := []string{"lm", text, "-o", model, "--batch", "2", "--window", "5", "--hidden", "8"}
	ctx, cancel := context.WithCancel(t.Context())
	began, ended := newFirstWrite(), make(chan int)
	go func() { ended <- run(ctx, append(args, "--epochs", "1000000"), strings.NewReader(""), began, began) }()
	<-began.written
	code, _, stderr := invoke(t, args...)
	cancel()
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "-o: create "+model+": another process is writing to it; wait until it ends, or choose another file")
	require.Equal(t, 1, <-ended)
}

// firstWrite tells when something is written to it.
type firstWrite struct {
	written chan struct{}
	some    bool
}

func newFirstWrite() *firstWrite { return &firstWrite{written: make(chan struct{})} }

func (w *firstWrite) Write(b []byte) (int, error) {
	if !w.some {
		w.some = true
		close(w.written)
	}
	return len(b), nil
}
