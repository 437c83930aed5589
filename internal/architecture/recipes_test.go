package architecture

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The recipes of CONTRIBUTING.md name files that exist. NAME stands for any name.
func TestRecipesNameFilesThatExist(t *testing.T) {
	for recipe, files := range recipes(t) {
		for _, f := range files {
			found, err := filepath.Glob(filepath.Join(root, pattern(f)))
			require.NoError(t, err)
			assert.NotEmpty(t, found, "the recipe for %s names %s", recipe, f)
		}
	}
}

// A kind of layer takes at most five files to run and two to train, all of which
// its recipe names: the file that declares cells, the files that compare kinds,
// and one file in each package.
func TestTheRecipeForAKindOfLayerIsWhole(t *testing.T) {
	files := source(t)
	named := recipes(t)["a kind of layer"]
	count := map[string]int{}
	for _, f := range named {
		count[path.Dir(f)]++
	}
	require.LessOrEqual(t, count["format"]+count["runtime"], 5)
	require.LessOrEqual(t, count["trainer"], 2)
	require.Subset(t, named, []string{"format/op_NAME.go", "runtime/op_NAME.go", "trainer/op_NAME.go"})
	require.Contains(t, named, declaring(files, "CellLSTM"))
	for f := range comparers {
		if folder := path.Dir(f); folder == "format" || folder == "runtime" || folder == "trainer" {
			assert.True(t, slices.ContainsFunc(named, func(name string) bool {
				ok, err := path.Match(pattern(name), f)
				return ok && err == nil
			}), "%s compares kinds, and the recipe does not name it", f)
		}
	}
	cells := constantsOf(files, "Cell")
	require.NotEmpty(t, cells)
	for cell := range cells {
		for _, folder := range []string{"format", "runtime", "trainer"} {
			name := strings.ToLower(strings.TrimPrefix(cell, "Cell"))
			assert.FileExists(t, filepath.Join(root, folder, "op_"+name+".go"))
		}
	}
}

// declaring returns the path of the file of package format that declares a
// constant.
func declaring(files []file, constant string) (declared string) {
	for i := range files {
		if files[i].folder() != "format" {
			continue
		}
		ast.Inspect(files[i].syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && slices.ContainsFunc(spec.Names, func(name *ast.Ident) bool { return name.Name == constant }) {
				declared = files[i].path
			}
			return true
		})
	}
	return declared
}

// root is the module's folder.
var root = filepath.Join("..", "..")

func pattern(file string) string { return strings.ReplaceAll(file, "NAME", "*") }

var quoted = regexp.MustCompile("`([^`]+)`")

// recipes returns the files that the tables under "To add" name, by the headings.
func recipes(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), "\n## To add …\n")
	require.True(t, ok)
	rest, _, ok = strings.Cut(rest, "\n## ")
	require.True(t, ok)
	found := map[string][]string{}
	for _, section := range strings.Split(rest, "\n### ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		for line := range strings.Lines(body) {
			if cells := strings.Split(line, "|"); len(cells) > 2 {
				for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
					found[heading] = append(found[heading], m[1])
				}
			}
		}
		require.NotEmpty(t, found[heading], "the recipe for %s names no file", heading)
	}
	require.NotEmpty(t, found)
	return found
}
