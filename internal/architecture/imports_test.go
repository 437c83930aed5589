package architecture

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// libraries are the packages that run on a device, each with those of this
// module that it may import. They may also import leaves: packages under
// internal/ that import none of this module.
var libraries = map[string][]string{
	"kernels":   {"kernels/internal/"},
	"format":    {},
	"tokenizer": {"format"},
	"runtime":   {"tokenizer", "format", "kernels"},
}

func TestImportsRunOneWay(t *testing.T) {
	g := importGraph(t)
	for library, may := range libraries {
		require.Contains(t, g, library)
		for p := range g[library].own {
			allowed := slices.ContainsFunc(may, func(prefix string) bool {
				return p == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(p, prefix)
			})
			assert.True(t, allowed || g.leaf(p), "%s imports %s", library, p)
		}
	}
	for p := range g {
		if strings.HasPrefix(p, "kernels/internal/") {
			for q := range g[p].own {
				assert.True(t, strings.HasPrefix(q, "kernels/internal/") || g.leaf(q), "%s imports %s", p, q)
			}
		}
		if strings.HasPrefix(p, "format/") {
			for _, q := range []string{"kernels", "runtime", "trainer"} {
				assert.NotContains(t, g.reached(p), q, "%s reaches %s", p, q)
			}
		}
		if !strings.HasPrefix(p, "cmd/") {
			for q := range g.reached(p) {
				assert.False(t, strings.HasPrefix(q, "cmd/"), "%s imports %s", p, q)
			}
		}
	}
	assert.NotContains(t, g.reached("trainer"), "runtime", "trainer reaches runtime")
	for _, q := range []string{"kernels", "runtime", "trainer"} {
		assert.NotContains(t, g.reached("dataset"), q, "dataset reaches %s", q)
	}
}

// What a small device does not need stays out of its libraries.
func TestLibrariesOfTheDeviceAreLight(t *testing.T) {
	g := importGraph(t)
	for library := range libraries {
		for p := range g.reached(library) {
			for _, heavy := range []string{"encoding/json", "reflect", "net/http", "text/template"} {
				assert.NotContains(t, g[p].others, heavy, "%s imports %s, and %s reaches it", p, heavy, library)
			}
		}
	}
}

// The random models of the tests are no part of a program.
func TestNoCommandLinksTestPackages(t *testing.T) {
	g := importGraph(t)
	commands := 0
	for p := range g {
		if !strings.HasPrefix(p, "cmd/") {
			continue
		}
		commands++
		for _, q := range []string{"internal/childtest", "internal/modeltest", "internal/onnxtest", "internal/pytorch"} {
			assert.False(t, g.reached(p)[q], "%s links %s", p, q)
		}
	}
	require.NotZero(t, commands)
}

// A graph has the packages of the module by their paths from its root, each
// with what its files import, tests left out.
type graph map[string]*imports

// imports are packages of the module by their paths from its root, and others.
type imports struct{ own, others map[string]bool }

func importGraph(t *testing.T) graph {
	t.Helper()
	g := graph{}
	for _, f := range source(t) {
		p := g[f.folder()]
		if p == nil {
			p = &imports{map[string]bool{}, map[string]bool{}}
			g[f.folder()] = p
		}
		for _, q := range f.imports {
			if own, ok := strings.CutPrefix(q, module+"/"); ok {
				p.own[own] = true
			} else {
				p.others[q] = true
			}
		}
	}
	return g
}

// leaf reports whether p is under internal/ and imports none of the module.
func (g graph) leaf(p string) bool { return strings.HasPrefix(p, "internal/") && len(g[p].own) == 0 }

// reached returns the packages of the module that p needs, itself among them.
func (g graph) reached(p string) map[string]bool {
	seen := map[string]bool{p: true}
	for todo := []string{p}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		for q := range g[next].own {
			if !seen[q] {
				seen[q] = true
				todo = append(todo, q)
			}
		}
	}
	return seen
}
