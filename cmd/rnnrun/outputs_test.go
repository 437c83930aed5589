package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// noSteps is an input that must not be read.
type noSteps struct{ t *testing.T }

func (n noSteps) Read([]byte) (int, error) {
	require.Fail(n.t, "the input was read before the outputs were tried")
	return 0, io.EOF
}

func TestRunTriesItsOutputsBeforeTheFirstStep(t *testing.T) {
	model := save(t, tasks()[0].d)
	for _, flag := range []string{"-o", "--state-out"} {
		for path, want := range map[string]syscall.Errno{"none/x.npz": syscall.ENOENT, "file/x.npz": syscall.ENOTDIR, "folder": syscall.EISDIR} {
			t.Run(flag+" "+path, func(t *testing.T) {
				dir := t.TempDir()
				require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
				path := filepath.Join(dir, path)
				var stdout, stderr writes
				require.Equal(t, 1, run([]string{"run", "-m", model, flag, path}, noSteps{t}, &stdout, &stderr))
				require.Contains(t, string(stderr), "rnnrun: "+flag+": create "+path+": "+want.Error())
				require.Empty(t, stdout)
				requireNames(t, dir, "file", "folder")
			})
		}
	}
}

type writes []byte

func (w *writes) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

func TestRunRefusesAnOutputThatIsBeingWritten(t *testing.T) {
	model, path := save(t, tasks()[0].d), filepath.Join(t.TempDir(), "x.npz")
	release, err := atomicfile.Claim(path)
	require.NoError(t, err)
	defer release()
	if second, err := atomicfile.Claim(path); err == nil {
		second()
		t.Skip("this system has no locks that end with their process")
	}
	for _, flag := range []string{"-o", "--state-out"} {
		o := command("1,2,3\n", "run", "-m", model, flag, path)
		require.Equal(t, 1, o.code)
		require.Contains(t, o.stderr, flag+": create "+path+": another process is writing to it; wait until it ends, or choose another file")
		require.Empty(t, o.stdout)
	}
}

func TestRunNeverReplacesWhatItReads(t *testing.T) {
	model := save(t, tasks()[0].d)
	dir := t.TempDir()
	input, states := filepath.Join(dir, "in.csv"), filepath.Join(dir, "states.npz")
	require.NoError(t, os.WriteFile(input, []byte("1,2,3\n"), 0o600))
	for _, args := range [][]string{
		{"-o", model}, {"--state-out", model}, {"-i", input, "--state-out", input}, {"-o", states, "--state-out", states},
		{"-i", input, "--lengths", input, "--state-out", input}, {"--state-in", input, "-o", input},
	} {
		o := command("1,2,3\n", append([]string{"run", "-m", model}, args...)...)
		require.Equal(t, 2, o.code, "%q: %s", args, o.stderr)
		require.Regexp(t, "would overwrite it; choose another|are the same file; choose two", o.stderr)
	}
	require.Zero(t, command("", "verify", model).code, "the model is as it was")

	want := printed(t, "1,2,3\n", "run", "-m", model)
	require.Empty(t, printed(t, "", "run", "-m", model, "-i", input, "-o", input), "it is read to its end before it is replaced")
	got, err := os.ReadFile(input)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
	requireNames(t, dir, "in.csv")
}

func TestDashIsTheStandardInputOrRefused(t *testing.T) {
	model := save(t, tasks()[0].d)
	want := printed(t, "1,2,3\n", "run", "-m", model)
	require.Equal(t, want, printed(t, "1,2,3\n", "run", "-m", model, "-i", "-", "-o", "-"))
	text := save(t, letterClassifier())
	require.Equal(t, printed(t, "abc\n", "classify", "-m", text), printed(t, "abc\n", "classify", "-m", text, "-"))
	for _, args := range [][]string{
		{"run", "-m", "-"}, {"classify", "-m", "-", "x"}, {"generate", "-m", "-"}, {"bench", "-m", "-"}, {"inspect", "-"}, {"verify", "-"},
		{"run", "-m", model, "--state-in", "-"}, {"run", "-m", model, "--state-out", "-"}, {"run", "-m", model, "--lengths", "-"},
	} {
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile("-", nil, 0o600))
		o := command("1,2,3\n", args...)
		require.Equal(t, 2, o.code, args)
		require.Contains(t, o.stderr, "- does not mean the standard input or output here: ", args)
		requireNames(t, ".", "-")
	}
}
