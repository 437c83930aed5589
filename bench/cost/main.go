// Command cost measures what the kernels for ARM and RISC-V cost, without such a machine: the
// instructions that each executes, counted by a plugin of qemu, and on ARM the
// cycles that llvm-mca expects of each inner loop. Both are the same on every machine.
//
//	go run .          prints the figures and keeps them in COST.md
//	go run . -check   fails if a kernel costs more than COST.md says, if
//	                  an inner loop misses its limit, or where the assembly is
//	                  not what it seems (see checkWords and checkInstructions)
//
// It needs gcc, qemu-aarch64, qemu-arm, qemu-riscv64, aarch64-linux-gnu-objdump, llvm-mca-19 and
// llvm-objdump-19: in Debian the packages gcc, qemu-user, binutils-aarch64-linux-gnu
// and llvm-19.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	kept      = "COST.md"
	neon      = "github.com/rnnrun/rnnrun/kernels/internal/neon."
	headerDir = "../../kernels/internal/neon"
)

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "compare with "+kept+" and change nothing")
	flag.Parse()
	if err := run(*check); err != nil {
		log.Fatal(err)
	}
}

func run(check bool) error {
	dir, err := os.MkdirTemp("", "cost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	driver := filepath.Join(dir, "driver")
	if err := build(driver, "./driver", "GOARCH=arm64"); err != nil {
		return err
	}
	functions, err := disassemble(driver, inPackage(neon))
	if err != nil {
		return err
	}
	plugin, err := counter(dir)
	if err != nil {
		return err
	}
	counts, err := count(dir, plugin, driver)
	if err != nil {
		return err
	}
	loops, err := arm64.costOfLoops(functions)
	if err != nil {
		return err
	}
	steps, functions32, err := arm32Steps.countSteps(dir, plugin)
	if err != nil {
		return err
	}
	loops32, err := arm32.costOfLoops(functions32)
	if err != nil {
		return err
	}
	stepsRISCV, functionsRISCV, err := riscv64Steps.countSteps(dir, plugin)
	if err != nil {
		return err
	}
	report := markdown(counts, loops, steps, loops32, stepsRISCV)
	fmt.Print(report)
	if !check {
		return os.WriteFile(kept, []byte(report), 0o644)
	}
	before, err := os.ReadFile(kept)
	if err != nil {
		return err
	}
	return errors.Join(
		checkCounts(string(before), counts),
		arm64.checkLimits(loops),
		checkInstructions(functions),
		arm32Steps.checkSteps(steps),
		checkInstructions32(functions32),
		riscv64Steps.checkSteps(stepsRISCV),
		checkInstructionsRISCV(functionsRISCV),
		checkWords(dir),
	)
}

// build compiles a package for Linux and a processor.
func build(out, pkg string, processor ...string) error {
	cmd := exec.Command("go", "build", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	cmd.Env = append(cmd.Env, processor...)
	_, err := output(cmd)
	return err
}

// output runs a command and returns what it prints. The error holds what it
// says on stderr.
func output(cmd *exec.Cmd) (string, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, &stderr)
	}
	return string(out), nil
}
