package tensorflow_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Small graphs whose values would be large, or take time without end.
func TestGraphsOfLargeValues(t *testing.T) {
	large := [][]byte{placeholder("x", -1, 2), integers("size", []int{2}, 1<<15, 1<<15), floats("one", nil, 1), node("Fill", "filled", []string{"size", "one"})}
	constants := [][]byte{placeholder("x", -1, 2)}
	var names []string
	for i := range 2000 {
		names = append(names, fmt.Sprintf("c%d", i))
		constants = append(constants, floats(names[i], []int{4096}, 1, 2))
	}
	for _, c := range []struct {
		name    string
		data    []byte
		message string
	}{
		{"a sum of a large constant", graph(append(slices.Clone(large), node("MatMul", "y", []string{"x", "filled"}))...), ""},
		{"constants of few numbers", graph(append(constants, node("Identity", "read", []string{"x"}), node("AddN", "y", append(names, "read")))...), "more than four times theirs"},
		{"an input of many", graph(placeholder("x", -1, 1<<30), node("Relu", "y", []string{"x"})), ""},
		{"a range without end", graph(placeholder("x", -1, 2), integers("a", nil, 0), integers("b", nil, math.MaxInt), integers("c", nil, 1), node("Range", "r", []string{"a", "b", "c"}), node("Reshape", "y", []string{"x", "r"})), "a range of more than"},
		{"an attribute in attributes", graph(node("Const", "c", nil, option{"value", 1, []byte(fmt.Sprint(make([]byte, 1<<16)))})), ""},
		{"many empty inputs", graph(node("AddN", "y", make([]string, 1<<20))), "more nodes, inputs and attributes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := tensorflow.Options{}.Read(c.data)
				requireTyped(t, err)
				if c.message != "" {
					require.ErrorContains(t, err, c.message)
				}
			})
		})
	}
}

// A node takes some two kB, and as many as are read some 50 MB, however few bytes each
// has in the file.
func TestManyNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, which takes some seconds")
	}
	for _, count := range []int{5000, 20000} {
		nodes := [][]byte{placeholder("x", -1, 2)}
		before := "x"
		for i := range count {
			name := fmt.Sprint(i)
			nodes = append(nodes, node("Relu", name, []string{before}))
			before = name
		}
		data := graph(append(nodes, node("Relu", "y", []string{before}))...)
		hostile.RequireMemory(t, hostile.Limit(len(data))+64<<20, func() {
			_, err := tensorflow.Options{}.Read(data)
			require.Error(t, err)
			requireTyped(t, err)
		})
	}
}

// Features that are joined with themselves, again and again.
func TestFeaturesThatDouble(t *testing.T) {
	nodes := [][]byte{placeholder("x", -1, 2), integers("axis", nil, 1)}
	before := "x"
	for i := range 60 {
		name := fmt.Sprintf("n%d", i)
		nodes = append(nodes, node("ConcatV2", name, []string{before, before, "axis"}))
		before = name
	}
	data := graph(append(nodes, node("Relu", "y", []string{before}))...)
	hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
		_, err := tensorflow.Options{}.Read(data)
		require.Error(t, err)
		requireTyped(t, err)
	})
}

// Functions that call others twice, as deep as they may, and names that grow with each
// call, end.
func TestFunctionsWithoutEnd(t *testing.T) {
	twice := func(i int) []byte {
		if i == 31 {
			return function(fmt.Sprintf("f%d", i), nil, nil)
		}
		next := fmt.Sprintf("f%d", i+1)
		return function(fmt.Sprintf("f%d", i), nil, nil, node("PartitionedCall", "a", nil, named("f", next)), node("PartitionedCall", "b", nil, named("f", next)))
	}
	var calls, names [][]byte
	for i := range 32 {
		calls = append(calls, twice(i))
	}
	long := strings.Repeat("a", 1<<17)
	for i := range 1000 {
		names = append(names, node("NoOp", fmt.Sprint(i), nil))
	}
	x := placeholder("x", -1, 2)
	for _, c := range []struct {
		name, message string
		data          []byte
	}{
		{"two calls in each", "functions are called more than", with(graph(x, node("PartitionedCall", "c", nil, named("f", "f0")), node("Relu", "y", []string{"x"})), calls...)},
		{"a long name before each", "much longer than those in the file", with(graph(x, node("PartitionedCall", long, nil, named("f", "f")), node("Relu", "y", []string{"x"})), function("f", nil, nil, names...))},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := saved(c.data, "y:0")
				require.ErrorIs(t, err, network.ErrUnsupported)
				require.ErrorContains(t, err, c.message)
			})
		})
	}
}
