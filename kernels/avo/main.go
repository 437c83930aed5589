// Command avo writes the AVX2 kernels: the assembly and its Go declarations.
//
//	cd kernels/avo && go run . -out ../internal/avx2
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

const defaultDir = "../internal/avx2"

func main() {
	flags := flag.NewFlagSet("avo", flag.ExitOnError)
	dir := flags.String("out", defaultDir, "folder to write the kernels to")
	_ = flags.Parse(os.Args[1:])

	// avo prints its command line at the top of what it writes. That line must
	// not depend on where the output goes.
	os.Args = []string{"avo", "-out", defaultDir}
	err := flag.CommandLine.Parse([]string{
		"-out", filepath.Join(*dir, "kernels_amd64.s"),
		"-stubs", filepath.Join(*dir, "kernels_amd64.go"),
		"-pkg", "avx2",
	})
	if err != nil {
		log.Fatal(err)
	}

	ConstraintExpr("!purego")
	panel()
	pack()
	tiles()
	activations()
	cells()
	Generate()
}
