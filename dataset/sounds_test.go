package dataset_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
)

// folderOf returns a folder with empty files of those names.
func folderOf(t *testing.T, names ...string) string {
	folder := t.TempDir()
	for _, name := range names {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o644))
	}
	return folder
}

func TestAPatternTellsLabelsAndGroupsOfSounds(t *testing.T) {
	type sound struct{ name, label, group string }
	for _, c := range []struct {
		pattern string
		files   []string
		want    []sound
		unlike  int
	}{
		{"", []string{"yes/1.wav", "no/2.WAV", "no/deep/3.wav", "no/notes.txt"},
			[]sound{{"no/2.WAV", "no", ""}, {"no/deep/3.wav", "deep", ""}, {"yes/1.wav", "yes", ""}}, 0},
		{"{label}_{group}_*", []string{"7_ann_0.wav", "7_ann_b_1.wav", "sub/8_bob_2.wav", "readme.wav"},
			[]sound{{"7_ann_0.wav", "7", "ann"}, {"7_ann_b_1.wav", "7", "ann"}, {"sub/8_bob_2.wav", "8", "bob"}}, 1},
		{"{label}/{group}_nohash_*", []string{"bed/0a7c_nohash_0.wav", "bed/0a7c.wav", "x.wav"},
			[]sound{{"bed/0a7c_nohash_0.wav", "bed", "0a7c"}}, 2},
		{"{group}/*/{label}", []string{"ann/day.1/up.wav"}, []sound{{"ann/day.1/up.wav", "up", "ann"}}, 0},
		{"a.{label}", []string{"a.one.wav", "ab.one.wav"}, []sound{{"a.one.wav", "one", ""}}, 1},
	} {
		folder := folderOf(t, c.files...)
		got, unlike, err := dataset.ListSounds(folder, dataset.SoundsOptions{Pattern: c.pattern})
		require.NoError(t, err, c.pattern)
		var want []dataset.LabelledSound
		for _, s := range c.want {
			want = append(want, dataset.LabelledSound{Path: filepath.Join(folder, filepath.FromSlash(s.name)), Label: s.label, Group: s.group})
		}
		require.Equal(t, want, got, c.pattern)
		require.Equal(t, c.unlike, unlike, c.pattern)
	}
}

func TestATableListsSounds(t *testing.T) {
	folder := t.TempDir()
	there := filepath.Join(folder, "other", "b.wav")
	for name, text := range map[string]string{
		"list.csv":   "who,path,label\nann,a.wav,yes\nbob," + there + ",no\n",
		"list.tsv":   "path\twho\tlabel\na.wav\tann\tyes\n" + there + "\tbob\tno\n",
		"list.jsonl": `{"path":"a.wav","label":"yes","who":"ann"}` + "\n" + `{"path":"` + filepath.ToSlash(there) + `","label":"no","who":"bob"}` + "\n",
	} {
		list := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(list, []byte(text), 0o644))
		got, _, err := dataset.ListSounds(list, dataset.SoundsOptions{GroupColumn: "who"})
		require.NoError(t, err, name)
		first := 2
		if name == "list.jsonl" {
			first = 1
		}
		require.Equal(t, []dataset.LabelledSound{
			{Path: filepath.Join(folder, "a.wav"), Label: "yes", Group: "ann", Line: first},
			{Path: there, Label: "no", Group: "bob", Line: first + 1},
		}, got, name)
	}
}

func TestSoundsThatCannotBeListed(t *testing.T) {
	for _, c := range []struct {
		name    string
		files   []string
		o       dataset.SoundsOptions
		message string
	}{
		{"no file", nil, dataset.SoundsOptions{}, "no .wav file"},
		{"none alike", []string{"up/a.wav"}, dataset.SoundsOptions{Pattern: "{label}_*"}, `none of 1 WAV files matches the pattern "{label}_*"`},
		{"no label", []string{"up/a.wav"}, dataset.SoundsOptions{Pattern: "*_{group}"}, "needs {label} once"},
		{"two labels", []string{"up/a.wav"}, dataset.SoundsOptions{Pattern: "{label}/{label}"}, "needs {label} once"},
	} {
		_, _, err := dataset.ListSounds(folderOf(t, c.files...), c.o)
		require.ErrorIs(t, err, dataset.ErrSounds, c.name)
		require.ErrorContains(t, err, c.message, c.name)
	}
	_, _, err := dataset.ListSounds(filepath.Join(t.TempDir(), "none"), dataset.SoundsOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
}
