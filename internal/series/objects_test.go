package series

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readObjects reads the steps of lines of objects, and the errors of those that are bad.
func readObjects(t *testing.T, text string, o Options) (steps []float32, bad []string, err error) {
	t.Helper()
	o.Name, o.Kind = "in", KindCSV
	r, err := NewReader[float32](bufio.NewReader(strings.NewReader(text)), o)
	require.NoError(t, err)
	if err := r.Next(); err != nil {
		return nil, nil, err
	}
	buf := make([]float32, 2*o.Width)
	for {
		n, err := r.Read(buf)
		steps = append(steps, buf[:n]...)
		var step *BadStep
		if err == io.EOF {
			return steps, bad, nil
		} else if errors.As(err, &step) {
			bad = append(bad, err.Error())
		} else if err != nil {
			return steps, bad, err
		}
	}
}

func TestStepsOfObjects(t *testing.T) {
	records := &Records{}
	o := Options{Width: 2, Columns: Columns{Read: []string{"ax", "ay"}, Keep: []string{KeepAll}}, Records: records}
	steps, bad, err := readObjects(t, `{"t":"10:00","ay":2,"ax":1,"list":[1]}
{"ax":3,"ay":4}
{"ay":6,"t":7,"ax":5,"more":8}
{"ax":1}
{"ax":1,"ay":null}
{"ax":1,"ay":"two"}
{"ax":1,"ay":1e39}
{"ax":1,
[1,2]
1,2
{"ax":"9","ay":10}
`, o)
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3, 4, 5, 6, 9, 10}, steps)
	require.Len(t, bad, 7)
	for i, want := range []string{`line 4: not a number: the object has no number "ay"`, `line 5: not a number: the object has no number "ay"`,
		`line 6, column 2: not a number: "two"`, `line 7, column 2: not a finite number`, "line 8: not a number: not a JSON object", "line 9", "line 10"} {
		require.Contains(t, bad[i], want)
	}
	require.Equal(t, []string{"t"}, records.Names)
	require.Equal(t, Record{Line: 1, Kept: []string{"10:00"}}, records.Next())
	require.Equal(t, Record{Line: 2, Kept: []string{""}}, records.Next())
	require.Equal(t, Record{Line: 11, Kept: []string{""}}, records.Last())

	for read, want := range map[string]string{"ax,az": `there is no column "az"`, "": "the model does not record which it reads"} {
		o := Options{Width: 2}
		if read != "" {
			o.Columns.Read = strings.Split(read, ",")
		}
		_, _, err := readObjects(t, `{"ax":1,"ay":2}`, o)
		require.ErrorIs(t, err, ErrColumns)
		require.ErrorContains(t, err, want)
	}
}

// A first line that has some of the model's columns would have others taken for them.
func TestColumnsThatAreNamedInPartAreRefused(t *testing.T) {
	o := Options{Width: 2, Columns: Columns{Read: []string{"ax", "ay"}}}
	for line, want := range map[string]string{
		"az,ax": `there is no column "ay"`, "ay\tx": `there is no column "ax"`, "ax,ax,ay": `two columns are named "ax"`,
	} {
		_, _, err := readObjects(t, line+"\n1,2,3\n", o)
		require.ErrorIs(t, err, ErrColumns)
		require.ErrorContains(t, err, want)
	}
}

func TestLastRecordAlone(t *testing.T) {
	r := &Records{}
	r.KeepLast()
	for i := range 3 {
		r.add(Record{Line: i})
	}
	require.Len(t, r.list, 1)
	require.Equal(t, 2, r.Last().Line)
}
