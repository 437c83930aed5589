package manpage_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/manpage"
)

// newRoot returns a command with texts that troff would take for requests or escapes.
func newRoot() *cobra.Command {
	nothing := func(*cobra.Command, []string) error { return nil }
	root := &cobra.Command{Use: "prog", Short: "Do things", SilenceUsage: true, SilenceErrors: true}
	work := &cobra.Command{
		Use:   "work FILE",
		Short: "Work on a file",
		Long: `Work on a file, by the letters
.rnn and 'x', in C:\dir.

Forms:
  a    b
  c
and more.`,
		Example: `  prog work --size 3 'a b'`,
		RunE:    nothing,
	}
	work.Flags().IntP("size", "n", 5, "`units` of the work")
	work.Flags().Bool("deep", false, "work on what is in the file")
	work.Flags().Bool("quiet", false, "say nothing")
	work.Flags().Bool("secret", false, "")
	_ = work.Flags().MarkHidden("secret")
	root.AddCommand(work, &cobra.Command{Use: "buried", Hidden: true, RunE: nothing}, manpage.Command(groups()))
	return root
}

// groups returns sections in another order than the alphabet's; no flag is in the third.
func groups() []cli.FlagGroup {
	return []cli.FlagGroup{
		{Title: "What-to-do", Flags: []string{"size", "deep"}},
		{Title: "Talk", Flags: []string{"quiet"}},
		{Title: "Nothing", Flags: []string{"none", "secret"}},
	}
}

const workPage = `.TH "PROG\-WORK" 1 "2026-01-02" "prog" "User Commands"
.SH NAME
prog\-work \- work on a file
.SH SYNOPSIS
.B prog work FILE [flags]
.SH DESCRIPTION
Work on a file, by the letters
\&.rnn and \(aqx\(aq, in C:\edir.
.PP
Forms:
.nf
  a    b
  c
.fi
and more.
.SH OPTIONS
.SS What\-to\-do
.TP
\fB\-n\fR, \fB\-\-size\fR \fIunits\fR
units of the work (default 5)
.TP
\fB\-\-deep\fR
work on what is in the file
.SS Talk
.TP
\fB\-\-quiet\fR
say nothing
.SS Other flags
.TP
\fB\-h\fR, \fB\-\-help\fR
help for work
.SH EXAMPLES
.nf
  prog work \-\-size 3 \(aqa b\(aq
.fi
.SH SEE ALSO
.BR prog (1)
`

func TestPage(t *testing.T) {
	work, _, err := newRoot().Find([]string{"work"})
	require.NoError(t, err)
	require.Equal(t, workPage, manpage.Page(work, groups(), time.Date(2026, 1, 2, 23, 0, 0, 0, time.UTC)))
}

// execute runs "prog man" into a folder, and returns the folder.
func execute(t *testing.T, epoch string) (string, error) {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", epoch)
	folder := t.TempDir()
	root := newRoot()
	root.SetArgs([]string{"man", folder})
	root.SetOut(io.Discard)
	return folder, root.Execute()
}

func TestManWritesPagesAndCompletions(t *testing.T) {
	folder, err := execute(t, "1767394800") // 2026-01-02T23:00:00Z
	require.NoError(t, err)
	var files []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			path, err = filepath.Rel(folder, path)
			files = append(files, filepath.ToSlash(path))
		}
		return err
	}))
	require.Equal(t, []string{
		"completions/bash/prog", "completions/fish/prog.fish", "completions/zsh/_prog",
		"man/prog-work.1", "man/prog.1",
	}, files)
	page, err := os.ReadFile(filepath.Join(folder, "man", "prog-work.1"))
	require.NoError(t, err)
	require.Equal(t, workPage, string(page))
}

func TestManNeedsADate(t *testing.T) {
	for _, epoch := range []string{"", "today"} {
		_, err := execute(t, epoch)
		require.ErrorContains(t, err, "SOURCE_DATE_EPOCH")
	}
}
