package vfpv4

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// encodings are the instructions that vfpv4.h spells out, as the Arm Architecture
// Reference Manual draws them: the fixed bits, and a letter for each bit of an
// operand. A register of VFP has its lowest bit apart, in D, N or M, one of Advanced
// SIMD its highest.
var encodings = []struct {
	macro, manual string
	registers     string // s, d or q, of the operands m, n and d in this order, or of all
}{
	{"VADD(m, n, d)", "1110 1110 0D11 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VSUB(m, n, d)", "1110 1110 0D11 nnnn dddd 1010 N1M0 mmmm", "s"},
	{"VMUL(m, n, d)", "1110 1110 0D10 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VDIV(m, n, d)", "1110 1110 1D00 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VFMA(m, n, d)", "1110 1110 1D10 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VLDR(offset, r, d)", "1110 1101 1D01 rrrr dddd 1010 oooooooo", "s"},
	{"VLDRD(offset, r, d)", "1110 1101 1D01 rrrr dddd 1011 oooooooo", "d"},
	{"VLDM(r, d, count)", "1110 1100 1D11 rrrr dddd 1010 cccccccc", "s"},
	{"VSTM(d, count, r)", "1110 1100 1D10 rrrr dddd 1010 cccccccc", "s"},
	{"VLDMD(r, d, count)", "1110 1100 1D11 rrrr dddd 1011 ccccccc0", "d"},
	{"VMINU(m, n, d)", "1111 0011 0D10 nnnn dddd 0110 N1M1 mmmm", "q"},
	{"VMINS(m, n, d)", "1111 0010 0D10 nnnn dddd 0110 N1M1 mmmm", "q"},
	{"VMAXS(m, n, d)", "1111 0010 0D10 nnnn dddd 0110 N1M0 mmmm", "q"},
	{"VCEQ(m, n, d)", "1111 0010 0D00 nnnn dddd 1110 N1M0 mmmm", "q"},
	{"VBIT(m, n, d)", "1111 0011 0D10 nnnn dddd 0001 N1M1 mmmm", "q"},
	{"VSUBI(m, n, d)", "1111 0011 0D10 nnnn dddd 1000 N1M0 mmmm", "q"},
	{"VMOVQ(n, d)", "1111 0010 0D10 nnnn dddd 0001 N1N1 nnnn", "q"},
	{"VSHRU(right, m, d)", "1111 0011 1D eeeeee dddd 0000 01M1 mmmm", "q"},
	{"VSHL(left, m, d)", "1111 0010 1D eeeeee dddd 0101 01M1 mmmm", "q"},
	{"VMOVI(bits, d)", "1111 001a 1D000 bbb dddd 1111 0101 iiii", "q"},
	{"VCVTH(m, d)", "1111 0011 1D11 0110 dddd 0111 00M0 mmmm", "dqq"},
	{"VLD1H2(r, d)", "1111 0100 0D10 rrrr dddd 1010 0100 1101", "d"},
	{"VAND(m, n, d)", "1111 0010 0D00 nnnn dddd 0001 N1M1 mmmm", "q"},
	{"VBIF(m, n, d)", "1111 0011 0D11 nnnn dddd 0001 N1M1 mmmm", "q"},
	{"VADDQ(m, n, d)", "1111 0010 0D00 nnnn dddd 1101 N1M0 mmmm", "q"},
	{"VCVTW(m, d)", "1111 0011 1D11 1011 dddd 0110 01M0 mmmm", "q"},
	{"VMULL(m, n, d)", "1111 0010 1D00 nnnn dddd 1100 N0M0 mmmm", "ddq"},
	{"VMLAL(m, n, d)", "1111 0010 1D00 nnnn dddd 1000 N0M0 mmmm", "ddq"},
	{"VPADAL(m, d)", "1111 0011 1D11 0100 dddd 0110 01M0 mmmm", "q"},
	{"VPADD(m, n, d)", "1111 0010 0D10 nnnn dddd 1011 N0M1 mmmm", "d"},
	{"VMOVNW(m, d)", "1111 0011 1D11 0110 dddd 0010 00M0 mmmm", "qqd"},
	{"VMOVNH(m, d)", "1111 0011 1D11 0010 dddd 0010 00M0 mmmm", "qqd"},
	{"VMOVS(r, n)", "1110 1110 0000 nnnn rrrr 1010 N001 0000", "s"},
	{"VMOVRR(m, r, u)", "1110 1100 0101 uuuu rrrr 1011 00M1 mmmm", "d"},
	{"VLD1B4(r, d)", "1111 0100 0D10 rrrr dddd 0010 0000 1101", "d"},
	{"VLD1B4_STEP(r, u, d)", "1111 0100 0D10 rrrr dddd 0010 0000 uuuu", "d"},
	{"VLD1W(r, d)", "1111 0100 1D10 rrrr dddd 1100 1000 1101", "d"},
	{"VST1B(d, r)", "1111 0100 0D00 rrrr dddd 0111 0000 1101", "d"},
}

// TestWordsAreAsTheManual compares the words that vfpv4.h defines with the manual,
// for every register, count and offset.
func TestWordsAreAsTheManual(t *testing.T) {
	words := parseWords(t)
	require.Len(t, words, len(encodings), "every WORD has its encoding here")
	for _, e := range encodings {
		expression := words[e.macro]
		require.NotEmpty(t, expression, e.macro)
		params := regexp.MustCompile(`\w+`).FindAllString(e.macro, -1)[1:]
		for i, operand := range params {
			values := map[string]int{"m": 3, "n": 6, "d": 9, "r": 2, "u": 7, "count": 8, "offset": 24, "left": 5, "right": 7, "bits": 0x70}
			for v := range operandRange(operand, e.registers) {
				values[params[i]] = v
				require.Equal(t, encode(t, e.manual, e.registers, values), evaluate(t, expression, values), "%s, %v", e.macro, values)
			}
		}
	}
}

var (
	wordMacro  = regexp.MustCompile(`(?m)^#define (\w+\(.*?\)) WORD \$(.*?);?$`)
	fieldMacro = regexp.MustCompile(`(?m)^#define ([SDQ][DNM])\(r\) (.*)$`)
	fieldUse   = regexp.MustCompile(`\b([SDQ][DNM])\((\w+)\)`)
)

// parseWords returns the expression of each macro of vfpv4.h that is a WORD, with
// the places of registers put in.
func parseWords(t *testing.T) map[string]string {
	header, err := os.ReadFile("vfpv4.h")
	require.NoError(t, err)
	fields := map[string]string{}
	for _, m := range fieldMacro.FindAllStringSubmatch(string(header), -1) {
		fields[m[1]] = m[2]
	}
	words := map[string]string{}
	for _, m := range wordMacro.FindAllStringSubmatch(string(header), -1) {
		words[m[1]] = fieldUse.ReplaceAllStringFunc(m[2], func(use string) string {
			u := fieldUse.FindStringSubmatch(use)
			return regexp.MustCompile(`\br\b`).ReplaceAllString(fields[u[1]], u[2])
		})
	}
	require.Equal(t, len(words), strings.Count(string(header), "WORD $"), "a WORD has a macro of its own")
	return words
}

// operandRange yields the values to try of an operand.
func operandRange(operand, registers string) func(yield func(int) bool) {
	lo, hi, step := 0, 31, 1
	switch {
	case operand == "offset":
		hi, step = 255*4, 4
	case operand == "bits":
		hi = 255
	case operand == "r" || operand == "u":
		hi = 12
	case operand == "count":
		lo, hi = 1, 16
	case operand == "right":
		lo = 1
	case kindOf(operand, registers) == 'q':
		hi = 15
	}
	return func(yield func(int) bool) {
		for v := lo; v <= hi && yield(v); v += step {
		}
	}
}

// kindOf returns the kind of register that an operand is, or 0.
func kindOf(operand, registers string) byte {
	i := strings.Index("mnd", operand)
	if i < 0 {
		return 0
	}
	return registers[i%len(registers)]
}

// encode fills the operands into the manual's drawing.
func encode(t *testing.T, manual, registers string, values map[string]int) uint32 {
	fields := map[rune]int{
		'r': values["r"], 'o': values["offset"] / 4, 'c': values["count"],
		'e': 64 - values["right"],
		'a': values["bits"] >> 7, 'b': values["bits"] >> 4 & 7, 'i': values["bits"] & 15,
		'u': values["u"],
	}
	if strings.Contains(manual, "0101 01M1") { // a shift to the left
		fields['e'] = 32 + values["left"]
	}
	for _, operand := range "mnd" {
		v, apart := values[string(operand)], operand-'a'+'A'
		switch kindOf(string(operand), registers) {
		case 's':
			fields[operand], fields[apart] = v>>1, v&1
		case 'd':
			fields[operand], fields[apart] = v&15, v>>4
		case 'q':
			fields[operand], fields[apart] = v<<1&15, v>>3
		}
	}
	var word uint32
	left := map[rune]int{}
	bits := strings.ReplaceAll(manual, " ", "")
	require.Len(t, bits, 32, manual)
	for _, b := range bits {
		left[b]++
	}
	if strings.Contains(manual, "N1N1") { // an operand that stands twice
		left['n'], left['N'] = 4, 1
		bits = strings.Replace(bits, "nnnndddd0001N1N1nnnn", "xxxxdddd0001X1N1nnnn", 1)
		fields['x'], fields['X'], left['x'], left['X'] = fields['n'], fields['N'], 4, 1
	}
	for _, b := range bits {
		left[b]--
		word <<= 1
		switch b {
		case '0':
		case '1':
			word |= 1
		default:
			word |= uint32(fields[b]>>left[b]) & 1
		}
	}
	return word
}

// evaluate computes a macro's expression, which reads the same in Go.
func evaluate(t *testing.T, expression string, values map[string]int) uint32 {
	for name, v := range values {
		expression = regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(expression, fmt.Sprint(v))
	}
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expression)
	require.NoError(t, err, expression)
	word, exact := constant.Uint64Val(tv.Value)
	require.True(t, exact && word>>32 == 0, expression)
	return uint32(word)
}

// TestReservedRegisters: R10 holds the goroutine, R11 is the assembler's, R14 is
// where to return to.
func TestReservedRegisters(t *testing.T) {
	files, err := filepath.Glob("*.[hs]")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		code := regexp.MustCompile(`//.*`).ReplaceAllString(string(source), "")
		require.Empty(t, regexp.MustCompile(`(?i)\b(r1[0145]|g)\b`).FindAllString(code, -1), file)
		if file != "vfpv4.h" {
			require.NotContains(t, string(source), "WORD", "%s: words belong into vfpv4.h", file)
		}
	}
}
