package generic

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The assembly of amd64 is written by kernels/avo, which is a module of its own
// and cannot import this package: it keeps a copy of where fields are. On arm64
// the assembler knows from go_asm.h.

func TestArgsAreWhereTheAssemblyReadsThem(t *testing.T) {
	want := map[string]int{}
	for field := range reflect.TypeFor[Args]().Fields() {
		want[field.Name] = int(field.Offset)
	}
	got := map[string]int{}
	ast.Inspect(generator(t, "step.go"), func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != "argOffsets" {
			return true
		}
		for _, element := range spec.Values[0].(*ast.CompositeLit).Elts {
			pair := element.(*ast.KeyValueExpr)
			field, err := strconv.Unquote(pair.Key.(*ast.BasicLit).Value)
			require.NoError(t, err)
			got[field], err = strconv.Atoi(pair.Value.(*ast.BasicLit).Value)
			require.NoError(t, err)
		}
		return false
	})
	require.Equal(t, want, got)
}

// The assembly reads the factors as one array, and names its elements in order.
func TestTheFactorsOfAdamStandInTheOrderOfTheAssembly(t *testing.T) {
	var want []string
	for field := range reflect.TypeFor[AdamStep]().Fields() {
		require.Equal(t, reflect.Float32, field.Type.Kind())
		require.EqualValues(t, 4*len(want), field.Offset)
		want = append(want, strings.ToLower(field.Name))
	}
	var got []string
	ast.Inspect(generator(t, "adam.go"), func(n ast.Node) bool {
		names, ok := n.(*ast.AssignStmt)
		if !ok || len(names.Lhs) != len(want) {
			return true
		}
		for i, name := range names.Lhs {
			index := names.Rhs[i].(*ast.IndexExpr).Index.(*ast.BasicLit)
			require.Equal(t, strconv.Itoa(i), index.Value)
			got = append(got, name.(*ast.Ident).Name)
		}
		return false
	})
	require.Equal(t, want, got)
}

// generator returns a file of the program that writes the assembly.
func generator(t *testing.T, name string) *ast.File {
	file, err := parser.ParseFile(token.NewFileSet(), "../../avo/"+name, nil, 0)
	require.NoError(t, err)
	return file
}
