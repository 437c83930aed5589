package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A function is a kernel in assembly.
type function struct {
	name string
	code []instruction
}

// An instruction is at an address, and as objdump writes it.
type instruction struct {
	address uint64
	text    string
}

var (
	symbolLine      = regexp.MustCompile(`^[0-9a-f]+ <(.*)>:$`)
	instructionLine = regexp.MustCompile(`^ *([0-9a-f]+):\s+(.*)$`)
	comment         = regexp.MustCompile(`\s*(//|@ ).*$`)
)

// A disassembler is a command, and tells which symbols are those of assembly, and
// the functions' names.
type disassembler struct {
	command  []string
	function func(symbol string) (name string, ok bool)
}

// inPackage disassembles the assembly of a package for arm64. Functions written in Go
// do not have the suffix .abi0.
func inPackage(prefix string) disassembler {
	return disassembler{
		command: strings.Fields("aarch64-linux-gnu-objdump -d --no-show-raw-insn"),
		function: func(symbol string) (string, bool) {
			name, ok := strings.CutPrefix(symbol, prefix)
			if !ok {
				return "", false
			}
			return strings.CutSuffix(name, ".abi0")
		},
	}
}

// disassemble returns the functions in assembly of a program.
func disassemble(program string, d disassembler) ([]function, error) {
	text, err := output(exec.Command(d.command[0], append(d.command[1:], program)...))
	if err != nil {
		return nil, err
	}
	var functions []function
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := symbolLine.FindStringSubmatch(line); m != nil {
			var name string
			if name, inside = d.function(m[1]); inside {
				functions = append(functions, function{name: name})
			}
		} else if m := instructionLine.FindStringSubmatch(line); m != nil && inside && !slices.Contains(padding, m[2]) {
			address, err := strconv.ParseUint(m[1], 16, 64)
			if err != nil {
				return nil, err
			}
			f := &functions[len(functions)-1]
			f.code = append(f.code, instruction{address, comment.ReplaceAllString(m[2], "")})
		}
	}
	if len(functions) == 0 {
		return nil, fmt.Errorf("%s has none of the assembly", program)
	}
	return functions, nil
}

// padding follows a function: on arm64 and on riscv64.
var padding = []string{"udf\t#0", "unimp"}

var conditional = regexp.MustCompile(`^(b\.\w+|b(?:eq|ne|ge|lt)|cbn?z\t\w+,)\s*(?:0x)?([0-9a-f]+) <`)

// innerLoops returns the code from each label to the branch back to it, where
// no other such loop is inside.
func (f function) innerLoops() [][]instruction {
	type span struct{ first, last int }
	var spans []span
	for i, in := range f.code {
		m := conditional.FindStringSubmatch(in.text)
		if m == nil {
			continue
		}
		to, _ := strconv.ParseUint(m[2], 16, 64)
		first := slices.IndexFunc(f.code, func(in instruction) bool { return in.address == to })
		if first >= 0 && first <= i {
			spans = append(spans, span{first, i})
		}
	}
	var loops [][]instruction
	for _, s := range spans {
		holdsOther := slices.ContainsFunc(spans, func(o span) bool { return o != s && s.first <= o.first && o.last <= s.last })
		if !holdsOther {
			loops = append(loops, f.code[s.first:s.last+1])
		}
	}
	return loops
}

// baseline are the instructions of every arm64 CPU that the kernels use.
var baseline = strings.Fields(`
	add adds adrp b b.eq b.ge b.gt b.lt b.ne cbnz cbz cmp ldr lsl lsr madd mov orr ret sub subs tbz
	dup eor ext fadd fdiv fmax fmin fmla fmul fsub ld1 ldp shl st1 stp ushr
	addp fcvtl fcvtl2 fcvtns fmaxnm fminnm fmov ld1r movk scvtf
	sadalp smlal smlal2 smull smull2 sqxtn sqxtn2 str
	and cmn cset fcmeq movi strb
`)

var reserved = regexp.MustCompile(`\b[xw](18|27|28)\b`)

// checkInstructions fails if a kernel has an instruction beyond the baseline, except SDOT in the kernels for it, or
// touches a register that is not its own: 18 is the platform's, 27 the assembler's, 28 the goroutine's.
func checkInstructions(functions []function) error {
	var errs []error
	for _, f := range functions {
		allowed := baseline
		if strings.HasPrefix(f.name, "dotInt8") {
			allowed = slices.Concat(baseline, []string{"sdot"})
		}
		errs = append(errs, f.check(allowed, reserved))
	}
	return errors.Join(errs...)
}

// check fails if a function has an instruction that is not allowed, or touches a
// reserved register.
func (f function) check(allowed []string, reserved *regexp.Regexp) error {
	var errs []error
	literals := f.literals()
	for _, in := range f.code {
		if literals[in.address] {
			continue
		}
		mnemonic, _, _ := strings.Cut(in.text, "\t")
		if !slices.Contains(allowed, mnemonic) || reserved.MatchString(in.text) {
			errs = append(errs, fmt.Errorf("%s: instruction %q at %#x", f.name, in.text, in.address))
		}
	}
	return errors.Join(errs...)
}
