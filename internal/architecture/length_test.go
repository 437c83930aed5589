package architecture

import (
	"go/ast"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// longest is the most lines of a function of a command.
const longest = 60

// A command's flags, checks and work are methods, each of which a reader sees
// whole.
func TestFunctionsOfCommandsAreShort(t *testing.T) {
	functions := 0
	for _, f := range source(t) {
		if !strings.HasPrefix(f.path, "cmd/") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				functions++
				first := f.set.Position(n.Pos()).Line
				lines := f.set.Position(n.End()).Line - first + 1
				assert.LessOrEqual(t, lines, longest, "%s:%d: lines of a function", f.path, first)
			}
			return true
		})
	}
	require.Greater(t, functions, 100)
}
