// Command typecheck checks the types of all packages of this module and of their tests
// for other platforms:
//
//	go run ./internal/typecheck darwin/arm64 windows/amd64
//
// It finds the compiler's type errors, such as calls of functions that another system
// does not have, in a fraction of the time of a build: it generates no code, and from
// other modules it reads only declarations.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	failed := false
	for _, platform := range os.Args[1:] {
		system, arch, _ := strings.Cut(platform, "/")
		n, err := check(".", system, arch)
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", platform, err)
			continue
		}
		fmt.Printf("%s: %d packages and tests\n", platform, n)
	}
	if failed {
		os.Exit(1)
	}
}

// A source is a package as go list describes it, or its variant for a test: with the test
// files, or with imports that have them.
type source struct {
	ImportPath, Dir string
	GoFiles         []string
	ImportMap       map[string]string // import paths that refer to packages with other names
	DepOnly         bool              // a dependency, not one of our packages
	Error           *struct{ Err string }
	Module          *struct{ GoVersion string }
}

// check checks the packages and tests of a module, and returns their number. The error
// has all type errors.
func check(module, system, arch string) (n int, err error) {
	list := exec.Command("go", "list", "-e", "-deps", "-test", "-json=ImportPath,Dir,GoFiles,EmbedFiles,ImportMap,DepOnly,Error,Module", "./...")
	list.Dir = module
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch)
	list.Stderr = os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := list.Start(); err != nil {
		return 0, err
	}
	c := checker{fset: token.NewFileSet(), packages: map[string]*types.Package{"unsafe": types.Unsafe}, sizes: types.SizesFor("gc", arch)}
	var wrong []error
	// Each package comes after the packages that it imports.
	for d := json.NewDecoder(out); ; {
		var s source
		if err := d.Decode(&s); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return n, errors.Join(err, list.Wait())
		}
		if s.ImportPath == "unsafe" || strings.HasSuffix(s.ImportPath, ".test") { // the main package of a test is generated
			continue
		}
		if s.Error != nil {
			wrong = append(wrong, errors.New(s.Error.Err))
		}
		wrong = append(wrong, c.check(s)...)
		if !s.DepOnly {
			n++
		}
	}
	return n, errors.Join(append(wrong, list.Wait())...)
}

// A checker has the packages that have been checked.
type checker struct {
	fset     *token.FileSet
	packages map[string]*types.Package
	sizes    types.Sizes
}

// check returns the type errors of a package.
func (c *checker) check(s source) (wrong []error) {
	var files []*ast.File
	for _, name := range s.GoFiles {
		f, err := parser.ParseFile(c.fset, filepath.Join(s.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return []error{err}
		}
		files = append(files, f)
	}
	config := types.Config{
		IgnoreFuncBodies: s.DepOnly,
		Sizes:            c.sizes,
		Importer:         importer{c.packages, s.ImportMap},
		Error:            func(err error) { wrong = append(wrong, err) },
	}
	if s.Module != nil && s.Module.GoVersion != "" {
		config.GoVersion = "go" + s.Module.GoVersion
	}
	path, _, _ := strings.Cut(s.ImportPath, " ") // without the name of the test that it is compiled for
	c.packages[s.ImportPath], _ = config.Check(path, c.fset, files, nil)
	return wrong
}

// An importer finds the packages that a package imports.
type importer struct {
	packages map[string]*types.Package
	names    map[string]string
}

func (i importer) Import(path string) (*types.Package, error) {
	if name, ok := i.names[path]; ok {
		path = name
	}
	if p := i.packages[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no package %q", path)
}
