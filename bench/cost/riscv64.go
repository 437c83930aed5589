package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// riscv64Steps has the set rvv twice, with registers of either length.
var riscv64Steps = platform{
	"RISC-V", []string{"GOARCH=riscv64", "GORISCV64=rva20u64"}, "qemu-riscv64", assemblyRISCV,
	[]kernelSet{
		{name: "generic", cpu: "rv64"},
		{name: "rv64g", cpu: "rv64", floats: 3.5, int8: 2.5},
		{name: "rvv", cpu: vectorCPU + "128", title: "rvv, 128", floats: 50, int8: 30},
		{name: "rvv", cpu: vectorCPU + "256", title: "rvv, 256", floats: 50, int8: 30},
	},
}

// vectorCPU is a CPU of qemu with vectors, without the length of its registers.
const vectorCPU = "rv64,v=true,vext_spec=v1.0,vlen="

// assemblyRISCV disassembles the kernels' packages for riscv64, whose functions have
// the name of their package before them.
var assemblyRISCV = disassembler{
	command: strings.Fields("llvm-objdump-19 -d --no-show-raw-insn --mattr=+m,+a,+f,+d,+c,+v"),
	function: func(symbol string) (string, bool) {
		name, ok := strings.CutPrefix(symbol, kernelPackages+"/internal/")
		if !ok || !strings.HasPrefix(name, "rv") {
			return "", false
		}
		return strings.CutSuffix(name, ".abi0")
	},
}

// instructionsRV64G are those of every riscv64 CPU that the kernels use, and
// instructionsRVV are those of the vector extension.
var (
	instructionsRV64G = strings.Fields(`
		add addi addiw and andi auipc beq beqz bge bgez blt bltz bne bnez csrr fadd.s fcvt.s.w fdiv.s feq.s flw fmadd.s fmax.s
		fmin.s fmul.s fmv.s fmv.w.x fmv.x.w fsub.s fsw j lb ld lh li lui mul mv or ret sb slli snez srli sub xori
	`)
	instructionsRVV = strings.Fields(`
		vand.vx vcpop.m vfabs.v vfadd.vf vfadd.vv vfcvt.f.x.v vfdiv.vf vfdiv.vv vfmacc.vf vfmacc.vv vfmadd.vv vfmax.vf
		vfmin.vf vfmul.vf vfmul.vv vfmv.f.s vfmv.s.f vfmv.v.f vfncvt.x.f.w vfredmax.vs vfsub.vf vfsub.vv vle16.v
		vle32.v vmerge.vim vmfeq.vv vmfge.vf vmfle.vf vmfne.vv vmv.v.i vmv.v.v vnsrl.wi vor.vx vse32.v vse8.v vsetvl
		vsetvli vsext.vf2 vslidedown.vi vsll.vi vsrl.vi vsub.vv vwadd.wv vwmacc.vx vwmul.vx
	`)
)

// reservedRISCV are the registers of the platform, of closures, of the goroutine and of the
// assembler.
var reservedRISCV = regexp.MustCompile(`\b(gp|tp|s10|s11|t6)\b`)

// checkInstructionsRISCV fails if a kernel has an instruction that its set does not ask
// for, or touches a register that is not its own.
func checkInstructionsRISCV(functions []function) error {
	var errs []error
	for _, f := range functions {
		allowed := instructionsRV64G
		if strings.HasPrefix(f.name, "rvv.") {
			allowed = slices.Concat(allowed, instructionsRVV)
		}
		errs = append(errs, f.check(allowed, reservedRISCV))
	}
	return errors.Join(errs...)
}
