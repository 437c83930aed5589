package architecture

import (
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

// A kind of layer takes five files to run, all of which its recipe names: the
// files that compare kinds, and one file in each package.
func TestTheRecipeForAKindOfLayerIsWhole(t *testing.T) {
	named := recipes(t)["a kind of layer"]
	require.Equal(t, []string{
		"format/model.go", "format/op.go", "format/op_NAME.go", "runtime/op.go", "runtime/op_NAME.go",
		"trainer/op.go", "trainer/op_NAME.go",
	}, named[:7])
	for f := range comparers {
		if folder := path.Dir(f); folder == "format" || folder == "runtime" || folder == "trainer" {
			assert.True(t, slices.ContainsFunc(named, func(name string) bool {
				ok, err := path.Match(pattern(name), f)
				return ok && err == nil
			}), "%s compares kinds, and the recipe does not name it", f)
		}
	}
	cells := constantsOf(source(t), "Cell")
	require.NotEmpty(t, cells)
	for cell := range cells {
		for _, folder := range []string{"format", "runtime", "trainer"} {
			name := strings.ToLower(strings.TrimPrefix(cell, "Cell"))
			assert.FileExists(t, filepath.Join(root, folder, "op_"+name+".go"))
		}
	}
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
