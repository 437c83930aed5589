package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A LabelledSound is a WAV file with the label of its sound.
type LabelledSound struct {
	Path, Label string
	Group       string // what it has in common with others, such as the speaker; "": nothing
	Line        int    // of the table that lists it, from 1; 0: it was found in a folder
}

// SoundsOptions say how sounds have their labels.
type SoundsOptions struct {
	// Pattern is the pattern of the ends of paths in a folder, with "/" between names and
	// without the extension: {label} and {group} stand for a part of a name, and * for
	// anything. "" is {label}/*: the name of the folder that a file is in.
	Pattern string
	// The columns of a table of sounds. An empty name stands for the first of the usual
	// names that exists: path, file, filename, wav, audio.
	PathColumn, LabelColumn string
	GroupColumn             string // "": none
}

var pathColumns = []string{"path", "file", "filename", "wav", "audio"}

// ListSounds lists the WAV files of a folder and the folders in it, in the order of their
// paths, or those of a table or of lines of JSON objects, whose paths are relative to the
// table's folder. It leaves out files that do not match the pattern, and counts them. The
// error is an [*Error], or one of opening the folder or the table.
func ListSounds(path string, o SoundsOptions) (sounds []LabelledSound, unlike int, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, err
	case info.IsDir():
		return soundsOfFolder(path, o.Pattern)
	case isSound(path):
		return nil, 0, newError(ErrSounds, path, errors.New("it is one sound: give the folder that it is in, or a table with the columns path and label"))
	}
	for t, err := range labelledRecords(path, ErrSounds, o.columns) {
		if err != nil {
			return nil, 0, err
		}
		s := LabelledSound{Path: t.Text, Label: t.Label, Group: t.Group, Line: t.Line}
		if !filepath.IsAbs(s.Path) {
			s.Path = filepath.Join(filepath.Dir(path), filepath.FromSlash(s.Path))
		}
		sounds = append(sounds, s)
	}
	return sounds, 0, nil
}

// isSound reports whether a name is that of a WAV file.
func isSound(path string) bool { return strings.EqualFold(filepath.Ext(path), ".wav") }

// columns returns the columns of a table that are read.
func (o SoundsOptions) columns() (path, label column, group group) {
	path, label = newColumn("path", o.PathColumn, pathColumns), newColumn("label", o.LabelColumn, labelColumns)
	path.required, label.required = true, true
	return path, label, newGroup(o.GroupColumn)
}

// soundsOfFolder lists the WAV files of a folder whose paths match a pattern.
func soundsOfFolder(folder, pattern string) (sounds []LabelledSound, unlike int, err error) {
	if pattern == "" {
		pattern = "{label}/*"
	}
	like, err := compilePattern(pattern)
	if err != nil {
		return nil, 0, newError(ErrSounds, folder, err)
	}
	other := "" // a file that does not match the pattern
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isSound(path) {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		found := like.FindStringSubmatch("/" + strings.TrimSuffix(filepath.ToSlash(relative), filepath.Ext(relative)))
		if found == nil {
			unlike, other = unlike+1, relative
			return nil
		}
		s := LabelledSound{Path: path, Label: labelOf(found[like.SubexpIndex("label")])}
		if i := like.SubexpIndex("group"); i >= 0 {
			s.Group = labelOf(found[i])
		}
		sounds = append(sounds, s)
		return nil
	})
	switch {
	case err != nil:
		return nil, 0, err
	case len(sounds) > 0:
	case other == "":
		return nil, 0, newError(ErrSounds, folder, errors.New("there is no .wav file in it"))
	default:
		return nil, 0, newError(ErrSounds, folder, fmt.Errorf("none of %d WAV files matches the pattern %s, for instance not %s", unlike, message.Quote(pattern), message.Quote(other)))
	}
	return sounds, unlike, nil
}

// compilePattern returns the expression of paths that begin with "/" and end as a pattern
// does. A part is as short as possible, so that the next one begins early.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if strings.Count(pattern, "{label}") != 1 || strings.Count(pattern, "{group}") > 1 {
		return nil, fmt.Errorf("the pattern %s needs {label} once, and may have {group} once", message.Quote(pattern))
	}
	expression := regexp.QuoteMeta(strings.TrimPrefix(pattern, "/"))
	for part, any := range map[string]string{"{label}": "(?P<label>[^/]+?)", "{group}": "(?P<group>[^/]+?)", "*": "[^/]*"} {
		expression = strings.ReplaceAll(expression, regexp.QuoteMeta(part), any)
	}
	return regexp.Compile("/" + expression + "$")
}
