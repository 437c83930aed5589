package series_test

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/series"
)

// Every step has a record, also one that cannot be read, and empty lines have none.
func TestRecordsOfSteps(t *testing.T) {
	records := new(series.Records)
	r, err := series.NewReader[float32](bufio.NewReader(strings.NewReader("t,a\nx,1\ny,?\n\nz,2\n")), series.Options{
		Kind: series.KindCSV, Width: 1, Columns: series.Columns{Read: []string{"a"}, Keep: []string{"t"}}, Records: records,
	})
	require.NoError(t, err)
	read := func() (n int) {
		require.NoError(t, r.Next())
		for {
			_, err := r.Read(make([]float32, 4))
			if err == io.EOF {
				return n
			}
			n++
		}
	}
	require.Equal(t, 2, read())
	require.Equal(t, series.Record{Line: 2, Kept: []string{"x"}}, records.Next())
	require.Equal(t, series.Record{Line: 3, Kept: []string{"y"}}, records.Next())
	require.Equal(t, series.Record{Kept: []string{""}}, records.Next(), "there is none")
	require.Equal(t, 1, read())
	require.Equal(t, series.Record{Line: 5, Kept: []string{"z"}}, records.Last())
	require.True(t, records.Header)
	require.Equal(t, []string{"t"}, records.Names)
	require.ErrorIs(t, r.Next(), io.EOF)
}

func TestRecordsThatNobodyReadsAreNotKept(t *testing.T) {
	records := new(series.Records)
	records.Drop()
	r, err := series.NewReader[float32](bufio.NewReader(strings.NewReader("1\n2\n")), series.Options{Kind: series.KindCSV, Width: 1, Records: records})
	require.NoError(t, err)
	require.NoError(t, r.Next())
	_, err = r.Read(make([]float32, 4))
	require.NoError(t, err)
	require.Zero(t, records.Next().Line)
}
