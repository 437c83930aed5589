package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// definition is a macro of neon.h that is a WORD, under its disassembly.
var definition = regexp.MustCompile(`(?m)^// (.*)\n#define (\w+)\((.*?)\) WORD \$`)

// common are the operands that stay while another is tried, by the names of the
// parameters.
var common = map[string]int{"m": 3, "n": 5, "d": 9, "lane": 2, "count": 7, "offset": 48}

// operands are all that a parameter can be.
func operands(param string) []int {
	from, to, step := 0, 31, 1
	switch param {
	case "lane":
		to = 3
	case "count":
		from = 1
	case "offset":
		to, step = 4095*16, 7*16
	}
	var vs []int
	for v := from; v <= to; v += step {
		vs = append(vs, v)
	}
	return vs
}

// checkWords assembles every macro of neon.h that is a WORD, with every value of
// every operand, and fails if objdump does not read what the comment above the
// macro says.
func checkWords(dir string) error {
	header, err := os.ReadFile(filepath.Join(headerDir, "neon.h"))
	if err != nil {
		return err
	}
	var source, want []string
	for _, m := range definition.FindAllStringSubmatch(string(header), -1) {
		params := strings.Split(m[3], ", ")
		for i, p := range params {
			for _, v := range operands(p) {
				args := make([]string, len(params))
				for j, p := range params {
					args[j] = strconv.Itoa(common[p])
				}
				args[i] = strconv.Itoa(v)
				source = append(source, fmt.Sprintf("%s(%s)", m[2], strings.Join(args, ", ")))
				want = append(want, fill(m[1], params, args))
			}
		}
	}
	if n := strings.Count(string(header), "WORD $"); len(want) == 0 || n != len(definition.FindAllString(string(header), -1)) {
		return fmt.Errorf("neon.h has %d macros of a WORD, and not all have their disassembly above", n)
	}
	got, err := assemble(filepath.Join(dir, "words"), string(header), source)
	if err != nil {
		return err
	}
	if len(got) != len(want)+1 { // and RET
		return fmt.Errorf("objdump reads %d words, want %d", len(got)-1, len(want))
	}
	var errs []error
	for i, w := range want {
		if got[i] != w {
			errs = append(errs, fmt.Errorf("%s is %q, and its comment says %q", source[i], got[i], w))
		}
	}
	return errors.Join(errs...)
}

// fill puts arguments in place of the parameters in a disassembly, as "m" in
// "vm.4s".
func fill(text string, params, args []string) string {
	for i, p := range params {
		pattern := `\b` + p + `\b`
		if len(p) == 1 {
			pattern = `\b([vqx])` + p + `\b`
		}
		text = regexp.MustCompile(pattern).ReplaceAllString(text, "${1}"+args[i])
	}
	return strings.NewReplacer(", #0]", "]", "x31", "sp").Replace(text)
}

// assemble builds a function with Go's assembler, and returns what objdump reads
// in it.
func assemble(dir, header string, source []string) ([]string, error) {
	files := map[string]string{
		"go.mod":       "module words\n\ngo 1.26\n",
		"neon.h":       header,
		"main.go":      "package main\n\nfunc words()\n\nfunc main() { words() }\n",
		"main_arm64.s": "#include \"neon.h\"\nTEXT ·words(SB), 4, $0-0\n" + strings.Join(source, "\n") + "\nRET\n",
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("go", "build", "-o", "words", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
	if _, err := output(cmd); err != nil {
		return nil, err
	}
	functions, err := disassemble(filepath.Join(dir, "words"), inPackage("main.words"))
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, in := range functions[0].code {
		texts = append(texts, strings.Replace(in.text, "\t", " ", 1))
	}
	return texts, nil
}
