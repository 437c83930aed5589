package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files of a module by their names.
type module map[string]string

func (m module) write(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range m {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func TestCheck(t *testing.T) {
	sound := module{
		"go.mod":       "module example.com/m\n\ngo 1.26\n",
		"m.go":         "package m\n\nimport \"strconv\"\n\nfunc M() int { return strconv.IntSize + system() }\n",
		"m_linux.go":   "package m\n\nfunc system() int { return 1 << 20 }\n",
		"m_windows.go": "package m\n\nfunc system() int { return 1 << 20 }\n",
		"in_test.go":   "package m\n\nvar ForTests = system\n",
		"out_test.go":  "package m_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m\"\n)\n\nfunc TestM(t *testing.T) { _ = m.M() + m.ForTests() }\n",
	}
	tests := []struct {
		name, file, text string
		wrong            []string // none if it is sound
	}{
		{"sound", "m_windows.go", sound["m_windows.go"], nil},
		{"a function that the system lacks", "m_windows.go", "package m\n", []string{"undefined: system", "m.go"}},
		{"a call of Unix alone", "m_windows.go", "package m\n\nimport \"syscall\"\n\nfunc system() int { syscall.Fork(); return 1 }\n", []string{"undefined: syscall.Fork"}},
		{"a number of more than 32 bits", "m_linux.go", "package m\n\nfunc system() int { return 1 << 40 }\n", []string{"overflows"}},
		{"a test inside", "in_test.go", "package m\n\nvar ForTests = nowhere\n", []string{"undefined: nowhere", "in_test.go"}},
		{"a test outside", "out_test.go", "package m_test\n\nimport \"example.com/m\"\n\nvar _ = m.Nowhere\n", []string{"undefined: m.Nowhere", "out_test.go"}},
		{"an unused variable", "m_windows.go", "package m\n\nfunc system() int { x := 1; return 2 }\n", []string{"declared and not used: x"}},
		{"no such import", "m_windows.go", "package m\n\nimport _ \"example.com/m/nowhere\"\n\nfunc system() int { return 1 }\n", []string{"nowhere"}},
		{"a syntax error", "m_windows.go", "package m\n\nfunc system() int {\n", []string{"m_windows.go:3"}},
		{"an embedded file that is missing", "m_windows.go", "package m\n\nimport _ \"embed\"\n\n//go:embed none.txt\nvar none string\n\nfunc system() int { return len(none) }\n", []string{"none.txt"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := module{}
			for name, text := range sound {
				files[name] = text
			}
			files[tt.file] = tt.text
			system, arch := "windows", "amd64"
			if tt.file == "m_linux.go" {
				system, arch = "linux", "386"
			}
			n, err := check(files.write(t), system, arch)
			if tt.wrong == nil {
				require.NoError(t, err)
				require.Equal(t, 3, n, "the package, it with its tests, and the test outside of it")
				return
			}
			for _, part := range tt.wrong {
				require.ErrorContains(t, err, part)
			}
		})
	}
}
