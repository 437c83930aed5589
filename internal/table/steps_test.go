package table_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/table"
)

func TestSteps(t *testing.T) {
	for text, want := range map[string]struct {
		numbers []float32
		width   int
	}{
		"[]":                   {nil, 0},
		" [1, -2.5e1 ,3] ":     {[]float32{1, -25, 3}, 0},
		"[[1,2],[3,4]]":        {[]float32{1, 2, 3, 4}, 2},
		"[[1],2]":              {[]float32{1, 2}, 1},
		"[[1], [1e39]]":        {[]float32{1, float32(math.Inf(1))}, 1},
		"[ [ 1 , 2 , 3 ] ]\r ": {[]float32{1, 2, 3}, 3},
	} {
		numbers, width, err := table.AppendSteps(nil, []byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want.numbers, numbers, text)
		require.Equal(t, want.width, width, text)
	}
	numbers, _, err := table.AppendSteps(nil, []byte("[1,null,NaN]"))
	require.NoError(t, err)
	require.True(t, numbers[1] != numbers[1] && numbers[2] != numbers[2])
	for text, want := range map[string]string{
		"": "has no end", "1": "not expected", "[1": "has no end", "[1,]": "not expected", "[1 2]": "not expected", "[1]x": "not expected",
		`["1"]`: `"1" is neither a number nor a list of numbers`, "[true]": `"true" is neither`, "[[[1]]]": `"[1]" is neither`, "[1,[2,3]]": "step 1 has 2 numbers, but the first has 1",
		"[[]]": "no numbers", "[[1,2],[3]]": "step 1 has 1 number, but the first has 2",
	} {
		_, _, err := table.AppendSteps(nil, []byte(text))
		require.ErrorContains(t, err, want, text)
	}
}
