package tensorflow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// requireTyped requires that an error says what is wrong with a file, and is not long.
func requireTyped(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	require.True(t, errors.Is(err, network.ErrDamaged) || errors.Is(err, network.ErrUnsupported) || errors.Is(err, network.ErrShape) ||
		errors.Is(err, network.ErrInvalid) || errors.Is(err, network.ErrAmbiguous), "%T: %v", err, err)
	require.Less(t, len(err.Error()), 2000)
}

// Graphs that are damaged anywhere give typed errors or a network, and take no more than
// four times their size, beside a fixed amount.
func TestHostile(t *testing.T) {
	graphs := frozen(t)
	for _, name := range []string{"kws-lstm", "precise-0", "tf-basic-both-lengths", "words", "learning-phase"} {
		graph, other := graphs[name], graphs["keras-gru-2"]
		read := func(what string, data []byte) {
			var err error
			hostile.RequireMemory(t, hostile.Limit(len(data)), func() { _, err = tensorflow.Options{}.Read(data) })
			requireTyped(t, err)
			if t.Failed() {
				t.Fatal(name, what)
			}
		}
		for what, data := range hostile.Damage(graph, hostile.Count(t, 15)) {
			read(what, data)
		}
		for i := range hostile.Count(t, 150) {
			read(fmt.Sprint("file ", i), hostile.New(i).Protobuf(graph, other))
		}
	}
}

// Graphs that say much with few bytes are refused before they take much memory.
func TestLargeGraphs(t *testing.T) {
	many := func(n int, more func(i int) []byte) []byte {
		g := onnxtest.Message(graph(placeholder("x", 1, 2)))
		for i := range n {
			g.Bytes(1, more(i))
		}
		return g
	}
	float := func(name string, sizes ...int) []byte { return floats(name, sizes, 1) }
	for _, c := range []struct {
		name    string
		data    []byte
		message string
	}{
		{"a large constant of one number", graph(placeholder("x", 1, 1<<20), float("w", 1<<20, 1<<10), node("MatMul", "y", []string{"x", "w"})), "more than"},
		{"constants beyond all", graph(placeholder("x", 1, 2), float("w", 1<<30, 1<<30, 1<<30), node("Add", "y", []string{"x", "w"})), "a constant of the shape"},
		{"repeated beyond all", graph(placeholder("x", 1, 1, 1, 1), integers("n", []int{4}, 1<<30, 1<<30, 1<<30, 1<<30), node("Tile", "y", []string{"x", "n"}), node("Identity", "z", []string{"y"})), ""},
		{"a long range", graph(placeholder("x", 1, 2), integers("a", nil, 0), integers("b", nil, 1<<30), integers("c", nil, 1), node("Range", "r", []string{"a", "b", "c"}), node("Reshape", "y", []string{"x", "r"})), "a range of more than"},
		{"many ranges", many(1000, func(i int) []byte {
			return node("Range", fmt.Sprint("r", i), []string{"a", "b", "c"})
		}), ""},
		{"an axis of many parts", graph(placeholder("x", 1, 1<<20), node("Unpack", "y", []string{"x"}, option{"axis", 3, 1})), "an axis of 1048576 parts"},
		{"many nodes", many(300000, func(i int) []byte { return node("Relu", fmt.Sprint("n", i), []string{"x"}) }), "more nodes, inputs and attributes than"},
		{"a long chain", many(20000, func(i int) []byte {
			from := "x"
			if i > 0 {
				from = fmt.Sprint("n", i-1)
			}
			return node("Identity", fmt.Sprint("n", i), []string{from})
		}), ""},
		{"a long name", graph(node("Relu", strings.Repeat("n", 1<<20), []string{"x"})), "(1048576 bytes): it reads the node"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			hostile.RequireMemory(t, hostile.Limit(len(c.data))+64<<20, func() { _, err = tensorflow.Options{}.Read(c.data) })
			requireTyped(t, err)
			if c.message != "" {
				require.ErrorContains(t, err, c.message)
			}
		})
	}
}

// FuzzRead reads any graph.
func FuzzRead(f *testing.F) {
	graphs := frozen(f)
	for _, name := range []string{"kws-gru", "precise-1", "tf-basic-lengths", "learning-phase", "words"} {
		f.Add(graphs[name])
	}
	f.Add(dense())
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := tensorflow.Options{}.Read(data)
		requireTyped(t, err)
	})
}
