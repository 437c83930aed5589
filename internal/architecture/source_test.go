package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/rnnrun/rnnrun"

// A file is a Go file of the module that is no test.
type file struct {
	path    string            // from the module's root, with slashes
	set     *token.FileSet    // of the positions in syntax
	syntax  *ast.File         //
	imports map[string]string // paths by the names that the file uses
}

// folder returns the path of the file's package from the module's root.
func (f *file) folder() string { return path.Dir(f.path) }

// source parses the files of the module, whatever platform they are for.
// Nested modules are not part of it.
func source(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(root, name)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		files = append(files, file{filepath.ToSlash(relative), set, syntax, importNames(syntax)})
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// skipFolder returns fs.SkipDir for the folders that the go command skips, too.
func skipFolder(root, name string) error {
	if name == root {
		return nil
	}
	if base := filepath.Base(name); base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func importNames(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "_" {
			name += p
		}
		names[name] = p
	}
	return names
}
