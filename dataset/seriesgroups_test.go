package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A change of the group begins another series, as an empty line does, and a row that is left
// out.
func TestGroupsAreSeriesOfTheirOwn(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		missing          Missing
		want             []int // series of each step
	}{
		{"a table", "a.csv", "x,who\n1,a\n2,a\n3,b\n4,a\n", MissingRefused, []int{0, 0, 1, 2}},
		{"an empty line", "a.csv", "x,who\n1,a\n\n2,a\n3,b\n\n4,c\n", MissingRefused, []int{0, 1, 2, 3}},
		{"values that are missing", "a.csv", "x,who\n1,a\n?,a\n2,a\n?,b\n3,b\n", MissingDropped, []int{0, 1, 2}},
		{"values that are filled", "a.csv", "x,who\n1,a\n?,b\n2,b\n", MissingFilled, []int{0, 1}},
		{"objects", "a.jsonl", `{"x":1,"who":"a"}` + "\n" + `{"x":2,"who":"b"}`, MissingRefused, []int{0, 1}},
		{"lists", "a.jsonl", "[1,7]\n[2,7]\n[3,8]\n", MissingRefused, []int{0, 0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := SeriesOptions{Columns: []string{"x"}, Group: "who", Missing: c.missing}
			if c.name == "lists" {
				o.Columns, o.Group = []string{"0"}, "1"
			}
			file, err := OpenSeries(write(t, c.file, c.text), o)
			require.NoError(t, err)
			var got []int
			for step, err := range file.Steps() {
				require.NoError(t, err)
				require.Empty(t, step.Words)
				require.Len(t, step.Values, 1)
				got = append(got, step.Series)
			}
			require.Equal(t, c.want, got)
		})
	}
	file, err := OpenSeries(write(t, "a.csv", "x,who\n1,a\n2,\n"), SeriesOptions{Group: "who"})
	require.NoError(t, err)
	require.Equal(t, []string{"x"}, file.Columns, "the group is not among the numbers")
	_, err = file.Lengths()
	require.ErrorContains(t, err, `line 3: the group "who" is empty`)
}
