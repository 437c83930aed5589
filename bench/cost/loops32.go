package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// kernelPackages are those whose instructions a step consists of.
const kernelPackages = "github.com/rnnrun/rnnrun/kernels"

// arm32 has one core that llvm-mca models.
var arm32 = machine{"armv7a-linux-gnueabihf", []string{"cortex-a57"}, loops32}

// byFour are the loops over columns of so many rows.
func byFour(rows int) []kernelLoop {
	return []kernelLoop{
		{fmt.Sprintf("%d rows, 4 columns", rows), 4 * rows, unlimited},
		{fmt.Sprintf("%d rows, 1 column", rows), rows, unlimited},
	}
}

// withRest is a loop by 8 elements, and those that move the rest to the frame and back.
var withRest = []kernelLoop{{"by 8", 8, unlimited}, {"to the frame", 1, unlimited}, {"from the frame", 1, unlimited}}

var loops32 = map[string][]kernelLoop{
	"chains":     append(byFour(16), byFour(8)...),
	"linearInt8": {{"16 rows, 8 columns", 128, unlimited}, {"8 rows, 8 columns", 64, unlimited}},
	"LSTM":       {{"8 units", 8, unlimited}},
	"GRU":        {{"8 units", 8, unlimited}},
	"Tanh":       withRest,
	"Sigmoid":    withRest,
	"Exp":        withRest,
	"ReLU":       withRest,
	"MulAdd":     {{"by 4", 4, unlimited}, {"by 1", 1, unlimited}},
	"Blend":      {{"by 4", 4, unlimited}, {"by 1", 1, unlimited}},
	"widen":      {{"8 numbers", 8, unlimited}},
	"quantize":   {{"8 numbers", 8, unlimited}},
	"chains8":    {{"8 rows, 1 column", 8, unlimited}},
}

// assembly32 disassembles the kernels' packages for 32-bit ARM, in which nothing but
// the names tells assembly from Go.
var assembly32 = disassembler{
	command: strings.Fields("llvm-objdump-19 -d --no-show-raw-insn --mattr=+vfp4,+neon"),
	function: func(symbol string) (string, bool) {
		m := regexp.MustCompile(`^` + regexp.QuoteMeta(kernelPackages) + `/internal/(vfp|vfpv4)\.(\w+)$`).FindStringSubmatch(symbol)
		if m == nil {
			return "", false
		}
		name := m[2]
		if name == "chains" && m[1] == "vfp" { // in Go
			return "", false
		}
		return name, loops32[name] != nil
	},
}

// instructions32 are those of a CPU with VFPv4 and Advanced SIMD that the kernels use,
// and instructionsVFP what a set for VFPv2 may use of them, and more.
var (
	instructions32 = strings.Fields(`
		add adds and b beq bge blt bne cmp ldr lsl lsr lsrs mov movs movne str strb sub subs bx
		vadd.f32 vdiv.f32 vfma.f32 vldmia vldr vmov vmul.f32 vstmia vsub.f32
		vand vbif vbit vceq.f32 vcvt.f32.f16 vcvt.f32.s32 vmax.s32 vmin.s32 vmin.u32 vmov.f32 vmovn.i16 vmovn.i32 vorr vshl.i32 vshr.u32 vsub.i32
		vld1.16 vld1.32 vld1.8 vmlal.s8 vmull.s8 vpadal.s16 vpadd.i32 vst1.8
	`)
	instructionsVFP = strings.Fields(`
		add b beq bic bne cmp cmpne ldr lsl mov mvnne str sub subs tst bx
		vcvt.f32.f64 vcvt.f64.f32 vldmia vldr vmla.f64 vmov vmrs vmsr vstmia
	`)
)

var reserved32 = regexp.MustCompile(`\br10\b`)

// checkInstructions32 fails if a kernel has an instruction that its set does not ask
// for, or touches R10, which holds the goroutine.
func checkInstructions32(functions []function) error {
	var errs []error
	for _, f := range functions {
		allowed := instructions32
		if f.name == "chains8" {
			allowed = instructionsVFP
		}
		errs = append(errs, f.check(allowed, reserved32))
	}
	return errors.Join(errs...)
}

var loadsLiteral = regexp.MustCompile(`^v?ldr\S*\t\w+, \[pc, #(-?(?:0x)?[0-9a-f]+)\]`)

// literals returns the addresses of the numbers behind a function's code, which the
// disassembler takes for instructions: those that instructions load. The program
// counter is eight bytes ahead. Functions for arm64 and riscv64 have none.
func (f function) literals() map[uint64]bool {
	m := map[uint64]bool{}
	for _, in := range f.code {
		if load := loadsLiteral.FindStringSubmatch(in.text); load != nil {
			offset, err := strconv.ParseInt(load[1], 0, 64)
			if err == nil {
				m[uint64(int64(in.address&^3)+8+offset)] = true
			}
		}
	}
	return m
}
