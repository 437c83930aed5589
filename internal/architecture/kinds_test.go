package architecture

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// comparers are the files that may ask which cell or variant a layer has, each
// with the reason. All others go through what these files offer, so that a new
// kind of layer is added to these, and nowhere else.
var comparers = map[string]string{
	"format/keras/recurrent.go":              "makes layers of Keras' SimpleRNN, LSTM and GRU",
	"format/network/network.go":              "says of a layer that it is dense",
	"format/onnx/export/op_recurrent.go":     "makes operators RNN, GRU and LSTM of layers",
	"format/onnx/recurrent.go":               "makes layers of the operators RNN, GRU and LSTM",
	"format/op.go":                           "the table of kinds",
	"format/op_gru.go":                       "a kind",
	"format/op_rnn.go":                       "a kind",
	"format/statedict/describe_recurrent.go": "makes PyTorch's RNN, GRU and LSTM of layers",
	"format/statedict/recurrent.go":          "makes layers of PyTorch's RNN, GRU and LSTM",
	"internal/onnxtest/evaluate.go":          "computes layers without what it tests",
	"internal/pytorch/network.go":            "splits biases as PyTorch has them",
	"runtime/op.go":                          "chooses the op of a layer's kind",
	"runtime/op_gru.go":                      "a kind",
	"runtime/op_recurrent.go":                "says which states are within ±1",
	"runtime/op_rnn.go":                      "a kind",
	"runtime/op_special.go":                  "chooses how a step of a kind is completed",
	"trainer/op.go":                          "chooses the op of a layer's kind",
}

// orderers are the files that may compare constants by their order, each with
// the reason.
var orderers = map[string]string{}

func TestOnlyListedFilesCompareKinds(t *testing.T) {
	files := source(t)
	kinds := constantsOf(files, "Cell", "Variant")
	require.Contains(t, kinds, "CellLSTM")
	require.Contains(t, kinds, "VariantResetBefore")
	requireListed(t, comparers, files, func(f *file) bool { return kinds.compared(f, comparisons...) },
		"compares a Cell or a Variant: ask what package format or the package's op files offer instead")
}

// A new constant silently changes what such a comparison means.
func TestOnlyListedFilesCompareConstantsByOrder(t *testing.T) {
	files := source(t)
	enums := constantsOf(files, "Cell", "Variant", "Task", "Pool", "Output", "DType", "ActivationKind", "TokenizerKind")
	require.Contains(t, enums, "PoolMean")
	require.Contains(t, enums, "OutputSigmoid")
	requireListed(t, orderers, files, func(f *file) bool { return enums.compared(f, orderings...) },
		"compares constants of package format by their order: name those that are meant")
}

// requireListed holds that exactly the listed files have a property.
func requireListed(t *testing.T, list map[string]string, files []file, has func(f *file) bool, what string) {
	t.Helper()
	left := maps.Clone(list)
	for i := range files {
		path := files[i].path
		if has(&files[i]) {
			assert.NotEmpty(t, list[path], "%s %s", path, what)
			delete(left, path)
		}
	}
	assert.Empty(t, slices.Sorted(maps.Keys(left)), "these files need not be listed any more")
}

var (
	orderings   = []token.Token{token.LSS, token.GTR, token.LEQ, token.GEQ}
	comparisons = append([]token.Token{token.EQL, token.NEQ, token.SWITCH, token.MAP}, orderings...)
)

// constants are names of constants of package format.
type constants map[string]bool

// constantsOf returns the constants that package format declares of types.
func constantsOf(files []file, types ...string) constants {
	found := constants{}
	for i := range files {
		if files[i].folder() != "format" {
			continue
		}
		for _, d := range files[i].syntax.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			of := "" // the type, which following constants of the group repeat
			for _, s := range group.Specs {
				spec := s.(*ast.ValueSpec)
				if name, ok := spec.Type.(*ast.Ident); ok {
					of = name.Name
				} else if spec.Values != nil {
					of = ""
				}
				if slices.Contains(types, of) {
					for _, name := range spec.Names {
						found[name.Name] = true
					}
				}
			}
		}
	}
	return found
}

// compared reports whether the file compares one of the constants by one of the
// operators; SWITCH stands for the cases of a switch, MAP for the keys of
// a map or an array.
func (c constants) compared(f *file, operators ...token.Token) bool {
	found := false
	check := func(operator token.Token, list ...ast.Expr) {
		if slices.Contains(operators, operator) && slices.ContainsFunc(list, func(e ast.Expr) bool { return c.is(f, e) }) {
			found = true
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			check(n.Op, n.X, n.Y)
		case *ast.CaseClause:
			check(token.SWITCH, n.List...)
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					check(token.MAP, pair.Key)
				}
			}
		}
		return true
	})
	return found
}

// is reports whether an expression is one of the constants.
func (c constants) is(f *file, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.is(f, e.X)
	case *ast.Ident:
		return f.folder() == "format" && c[e.Name]
	case *ast.SelectorExpr:
		name, ok := e.X.(*ast.Ident)
		return ok && f.imports[name.Name] == module+"/format" && c[e.Sel.Name]
	}
	return false
}
