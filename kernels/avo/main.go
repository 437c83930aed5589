// Command avo writes the kernels for amd64: the assembly and its Go
// declarations.
//
//	cd kernels/avo && go run . && go run . -set avx512 && go run . -set avx512vnni
//
// It is a module of its own, so that avo stays out of the requirements of
// rnnrun. What each kernel computes is specified by the function of the same
// name in kernels/internal/generic.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	. "github.com/mmcloughlin/avo/build"
)

// sets write the kernels of an instruction set.
var sets = map[string]func(){"avx2": avx2, "avx512": avx512, "avx512vnni": avx512vnni}

func main() {
	flags := flag.NewFlagSet("avo", flag.ExitOnError)
	set := flags.String("set", "avx2", "instruction set to write for: avx2, avx512 or avx512vnni")
	dir := flags.String("out", "", "folder to write the kernels to, if not ../internal/SET")
	_ = flags.Parse(os.Args[1:])
	write, ok := sets[*set]
	if !ok {
		log.Fatalf("no instruction set %q", *set)
	}
	if *dir == "" {
		*dir = filepath.Join("..", "internal", *set)
	}

	// avo prints its command line at the top of its output. That line must not depend on
	// the output folder.
	os.Args = []string{"avo", "-out", filepath.Join("..", "internal", *set)}
	if *set != "avx2" {
		os.Args = append(os.Args, "-set", *set)
	}
	err := flag.CommandLine.Parse([]string{
		"-out", filepath.Join(*dir, "kernels_amd64.s"),
		"-stubs", filepath.Join(*dir, "kernels_amd64.go"),
		"-pkg", *set,
	})
	if err != nil {
		log.Fatal(err)
	}

	ConstraintExpr("!purego")
	write()
	Generate()
}

// avx2 writes the kernels for AVX2 and FMA3.
func avx2() {
	panel()
	pack()
	activations()
	cells()
	backward()
	adam()
	steps()
	int8s()
}
