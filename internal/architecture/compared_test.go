package architecture

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestComparisonsAreFound(t *testing.T) {
	names := constants{"CellLSTM": true}
	for _, c := range []struct {
		statement       string
		compares, order bool
	}{
		{"_ = l.Cell == format.CellLSTM", true, false},
		{"_ = format.CellLSTM != l.Cell", true, false},
		{"_ = l.Cell > (format.CellLSTM)", true, true},
		{"_ = 1 + 2 == 3 && l.Cell <= format.CellLSTM", true, true},
		{"switch l.Cell { case format.CellGRU, format.CellLSTM: }", true, false},
		{"switch { case l.Cell == format.CellLSTM: }", true, false},
		{"_ = map[format.Cell]int{format.CellLSTM: 4}", true, false},
		{"_ = [4]int{format.CellLSTM: 4}", true, false},
		{"_ = func() bool { return l.Cell == format.CellLSTM }", true, false},
		{"l := format.Layer{Cell: format.CellLSTM}", false, false},
		{"l.Cell = format.CellLSTM", false, false},
		{"_ = l.Cell == other.CellLSTM", false, false},
		{"_ = l.Cell == CellLSTM", false, false},
		{"_ = l.Cell == format.CellGRU", false, false},
	} {
		text := "package p\nimport \"" + module + "/format\"\nfunc f() { " + c.statement + " }"
		syntax, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
		require.NoError(t, err)
		f := &file{"p/p.go", nil, syntax, importNames(syntax)}
		require.Equal(t, c.compares, names.compared(f, comparisons...), c.statement)
		require.Equal(t, c.order, names.compared(f, orderings...), c.statement)
	}
}
