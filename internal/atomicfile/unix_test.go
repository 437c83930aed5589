//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/childtest"
)

func TestThePermissionsOfAFileStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path+"new", nil, 0o666))
	for _, mode := range []os.FileMode{0o600, 0o640, 0o666, 0o755, 0o444, 0} {
		_ = os.Remove(path)
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		err := atomicfile.Write(path, text("new", nil))
		if mode&0o200 == 0 && os.Geteuid() != 0 {
			require.ErrorIs(t, err, os.ErrPermission, "write-protected, also in a folder that is not")
			continue
		}
		require.NoError(t, err)
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode())
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, atomicfile.Write(path, text("new", nil)))
	got, err := os.Stat(path)
	require.NoError(t, err)
	want, err := os.Stat(path + "new")
	require.NoError(t, err)
	require.Equal(t, want.Mode(), got.Mode(), "a new file has what the system gives")
}

func TestASecretIsNeverReadableByOthers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	f, err := atomicfile.Create(path)
	require.NoError(t, err)
	defer f.Abandon()
	require.Len(t, names(t, dir), 2)
	for _, name := range names(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode(), name)
	}
}

func TestALinkStays(t *testing.T) {
	for name, links := range map[string][][2]string{ // name, and what it leads to
		"in the folder":           {{"link", "file"}},
		"to another folder":       {{"link", "other/file"}},
		"absolute":                {{"link", "/file"}},
		"of links":                {{"link", "other/second"}, {"other/second", "../file"}},
		"up from a linked folder": {{"folder", "other/deep"}, {"link", "folder/second"}, {"other/deep/second", "../file"}},
	} {
		for _, exists := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", file exists ", exists), func(t *testing.T) {
				dir := t.TempDir()
				require.NoError(t, os.MkdirAll(filepath.Join(dir, "other", "deep"), 0o700))
				for _, l := range links {
					to := l[1]
					if to[0] == '/' {
						to = dir + to
					}
					require.NoError(t, os.Symlink(to, filepath.Join(dir, l[0])))
				}
				path := filepath.Join(dir, "link")
				if exists {
					require.NoError(t, os.WriteFile(path, []byte("old"), 0o600)) // the system follows links
				}
				require.NoError(t, atomicfile.Write(path, text("new", nil)))
				requireText(t, "new", path)
				for _, l := range links {
					info, err := os.Lstat(filepath.Join(dir, l[0]))
					require.NoError(t, err)
					require.Equal(t, os.ModeSymlink, info.Mode().Type(), "%s is still a link", l[0])
				}
				require.NoError(t, atomicfile.Remove(path))
				_, err := os.Stat(path)
				require.ErrorIs(t, err, os.ErrNotExist)
				_, err = os.Lstat(path)
				require.NoError(t, err, "it is still a link")
			})
		}
	}
	dir := t.TempDir()
	require.NoError(t, os.Symlink("round", filepath.Join(dir, "round")))
	require.ErrorIs(t, atomicfile.Write(filepath.Join(dir, "round"), text("x", nil)), syscall.ELOOP)
}

func TestNoLinkIsFollowedBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "file"), filepath.Join(dir, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("precious"), 0o600))
	for _, name := range []string{".file.tmp", ".file.0123456789abcdef.tmp", ".file.lock"} {
		require.NoError(t, os.Symlink("victim", filepath.Join(dir, name)))
	}
	require.NoError(t, atomicfile.Write(path, text("new", nil)))
	_, err := atomicfile.Claim(path)
	require.Error(t, err)
	requireText(t, "precious", victim)
	requireText(t, "new", path)
}

func TestAPipeKeepsItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	release, err := atomicfile.Claim(path)
	require.NoError(t, err, "without a reader")
	release()
	written := make(chan error)
	go func() { written <- atomicfile.Write(path, text("text", nil)) }()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, <-written)
	require.Equal(t, "text", string(data))
	require.NoError(t, atomicfile.Remove(path))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.ModeNamedPipe, info.Mode().Type())
}

// TestAnOpenFileIsWrittenTo: as "program -o /dev/stdout >> file" wants it.
func TestAnOpenFileIsWrittenTo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(path, []byte("before "), 0o600))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	descriptor := filepath.Join(dir, "stdout")
	require.NoError(t, os.Symlink(fmt.Sprintf("/dev/fd/%d", f.Fd()), descriptor))
	require.NoError(t, atomicfile.Write(descriptor, text("written ", nil)))
	_, err = f.WriteString("after")
	require.NoError(t, err)
	requireText(t, "before written after", path)
	require.Equal(t, []string{"file", "stdout"}, names(t, dir))
}

func TestTheErrorOfAFullDeviceNamesIt(t *testing.T) {
	err := atomicfile.Write("/dev/full", text("x", nil))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		t.Skip("there is no /dev/full to write to here")
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "write /dev/full")
}

func TestTheFilesOfKilledWritersAreRemoved(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	foreign := []string{
		".file.0123456789abcde.tmp", ".file.0123456789ABCDEF.tmp", ".file.0123456789abcdef", ".file.tmp",
		".other.0123456789abcdef.tmp", "file.0123456789abcdef.tmp", ".file.x.0123456789abcdef.tmp",
	}
	for _, name := range append(foreign, ".file.0123456789abcdef.tmp") {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	living, err := atomicfile.Create(path)
	require.NoError(t, err)
	_, err = io.WriteString(living, "living")
	require.NoError(t, err)
	require.NoError(t, atomicfile.Write(path, text("new", nil)))
	require.NoError(t, living.Commit(), "what is still being written stays")
	requireText(t, "living", path)
	require.ElementsMatch(t, append(foreign, "file"), names(t, dir))
}

func TestOneClaimAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	link := path + "link"
	require.NoError(t, os.Symlink("file", link))
	release, err := atomicfile.Claim(path)
	require.NoError(t, err)
	for _, path := range []string{path, link} {
		_, err = atomicfile.Claim(path)
		require.ErrorIs(t, err, atomicfile.ErrClaimed)
		require.ErrorContains(t, err, path)
	}
	require.NoError(t, atomicfile.Write(path, text("x", nil)), "a claim refuses claims alone")
	release()
	release, err = atomicfile.Claim(link)
	require.NoError(t, err)
	release()
}

// TestMain lets the test binary stand for a process that claims a file, writes to
// it, and is killed.
func TestMain(m *testing.M) {
	path := os.Getenv("ATOMICFILE_TEST_PATH")
	if path == "" {
		os.Exit(m.Run())
	}
	_, err := atomicfile.Claim(path)
	if err == nil {
		var f *atomicfile.File
		if f, err = atomicfile.Create(path); err == nil {
			_, err = io.WriteString(f, "half")
		}
	}
	fmt.Println(err)
	_, _ = io.ReadAll(os.Stdin) // until it is killed
}

func TestAKilledProcessClaimsNothingAndItsFileIsRemoved(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "ATOMICFILE_TEST_PATH="+path)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	childtest.Start(t, c)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "<nil>\n", line)
	_, err = atomicfile.Claim(path)
	require.ErrorIs(t, err, atomicfile.ErrClaimed)
	require.Len(t, names(t, dir), 2, "a lock and half a file")

	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
	release, err := atomicfile.Claim(path)
	require.NoError(t, err)
	release()
	require.Empty(t, names(t, dir))
}

func TestSame(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll("folder/deep", 0o700))
	require.NoError(t, os.Symlink("folder", "linked"))
	require.NoError(t, os.WriteFile("file", nil, 0o600))
	require.NoError(t, os.Symlink("file", "link"))
	require.NoError(t, os.Symlink("new", "dangling"))
	here, err := os.Getwd()
	require.NoError(t, err)
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"file", "file", true}, {"file", "./file", true}, {"file", here + "/file", true}, {"file", "link", true}, {"file", "folder/../file", true},
		{"new", "new", true}, {"new", "./new", true}, {"new", "dangling", true}, {"folder/new", "linked/new", true}, {"folder/new", here + "/folder/new", true},
		{"file", "new", false}, {"new", "newer", false}, {"new", "folder/new", false}, {"folder/new", "folder/deep/new", false},
		{"none/new", "none/new", false}, {"folder", "folder", false}, {"", "", false}, {os.DevNull, os.DevNull, false},
	} {
		require.Equal(t, c.want, atomicfile.Same(c.a, c.b), "%q %q", c.a, c.b)
		require.Equal(t, c.want, atomicfile.Same(c.b, c.a), "%q %q", c.b, c.a)
	}
}
