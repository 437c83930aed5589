package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMissingValues(t *testing.T) {
	type steps = [][]float32
	table := "u,v\n,1\n2,10\n3,?\nNA,20\n4,30\n\n5,-\n6,40\n"
	for _, c := range []struct {
		name, file, text string
		missing          Missing
		want             []steps // of each series
		filled, dropped  int
	}{
		{"dropped", "a.csv", table, MissingDropped, []steps{{{2, 10}}, {{4, 30}}, {{6, 40}}}, 0, 4},
		{"filled", "a.csv", table, MissingFilled, []steps{{{2, 10}, {3, 10}, {3, 20}, {4, 30}}, {{6, 40}}}, 2, 2},
		{"a gap of several rows", "a.csv", "u\n1\n?\n?\n2\n", MissingDropped, []steps{{{1}}, {{2}}}, 0, 2},
		{"a gap at an end", "a.csv", "u\n1\n2\n?\n", MissingDropped, []steps{{{1}, {2}}}, 0, 1},
		{"NaN", "a.csv", "u\n1\nnan\n3\n", MissingFilled, []steps{{{1}, {1}, {3}}}, 1, 0},
		{"JSON", "a.jsonl", "[[1,2],[3,null],[5,6]]\n[[null,7],[8,9]]\n", MissingFilled, []steps{{{1, 2}, {3, 2}, {5, 6}}, {{8, 9}}}, 1, 1},
		{"nothing is missing", "a.csv", "u\n1\n2\n", MissingDropped, []steps{{{1}, {2}}}, 0, 0},
		{"decimal commas", "a.csv", "u;v\n1,5;?\n2,5;3,5\n", MissingDropped, []steps{{{2.5, 3.5}}}, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := OpenSeries(write(t, c.file, c.text), SeriesOptions{Missing: c.missing})
			require.NoError(t, err)
			for range 2 { // each time the same
				var have []steps
				for s, err := range file.Steps() {
					require.NoError(t, err)
					for s.Series >= len(have) {
						have = append(have, nil)
					}
					have[s.Series] = append(have[s.Series], append([]float32{}, s.Values...))
				}
				require.Equal(t, c.want, have)
				require.Equal(t, c.filled, file.Filled)
				require.Equal(t, c.dropped, file.Dropped)
			}
		})
	}
}

func TestMissingValuesAreRefusedWithTheWayOut(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"a.csv", "u,v\n1,2\n3,?\n", `line 3: v is "?", which is not a number; if it is missing: --missing drop`},
		{"a.csv", "u,v\n1,2\n3,\n", `line 3: v is "", which is not a number; if it is missing: --missing drop`},
		{"a.csv", "u,v\n1,2\n3,NaN\n", "line 3: v is NaN; every value must be a number; if it is missing: --missing drop"},
		{"a.csv", "day,u\nmon,?\ntue,1\n", "it has no column of numbers (\"day\": \"mon\" in line 2 is not a number; \"u\": its first value, in line 2, is missing); if values are missing: --missing drop"},
		{"a.jsonl", "[[1,null]]\n", "line 1: 1 is NaN or null; every value must be a number; if it is missing: --missing"},
	} {
		err := lengthsOf(write(t, c.file, c.text))
		require.ErrorContains(t, err, c.want)
	}
	// What is no number at all is not missing.
	file, err := OpenSeries(write(t, "a.csv", "u\n1\nx\n"), SeriesOptions{Missing: MissingFilled})
	require.NoError(t, err)
	_, err = file.Lengths()
	require.ErrorContains(t, err, `line 3: u is "x", which is not a number`)
	file, err = OpenSeries(write(t, "a.csv", "u\n1\ninf\n"), SeriesOptions{Missing: MissingFilled})
	require.NoError(t, err)
	_, err = file.Lengths()
	require.ErrorContains(t, err, "line 3: u is +Inf; every value must be a number")
}

// The first values of a column tell whether it is one of numbers, those that are not
// missing.
func TestColumnsThatBeginWithMissingValues(t *testing.T) {
	text := "day,lag,none\nmon,,\ntue,1,\nwed,2,\n"
	file, err := OpenSeries(write(t, "a.csv", text), SeriesOptions{Missing: MissingFilled})
	require.NoError(t, err)
	require.Equal(t, []string{"lag"}, file.Columns)
	require.Equal(t, "its values in the first 3 rows are missing", file.LeftOut[1].Why)
}

func lengthsOf(path string) error {
	file, err := OpenSeries(path, SeriesOptions{})
	if err != nil {
		return err
	}
	_, err = file.Lengths()
	return err
}
