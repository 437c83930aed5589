package neon

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels/internal/armwords"
)

// encodings are the instructions that neon.h spells out, as the Arm
// Architecture Reference Manual draws them: the fixed bits, and a letter for
// each bit of an operand.
var encodings = []struct{ macro, manual string }{
	{"FADD(m, n, d)", "0 1 0 01110 0 0 1 mmmmm 11010 1 nnnnn ddddd"},
	{"FSUB(m, n, d)", "0 1 0 01110 1 0 1 mmmmm 11010 1 nnnnn ddddd"},
	{"FMUL(m, n, d)", "0 1 1 01110 0 0 1 mmmmm 11011 1 nnnnn ddddd"},
	{"FDIV(m, n, d)", "0 1 1 01110 0 0 1 mmmmm 11111 1 nnnnn ddddd"},
	{"FMAX(m, n, d)", "0 1 0 01110 0 0 1 mmmmm 11110 1 nnnnn ddddd"},
	{"FMIN(m, n, d)", "0 1 0 01110 1 0 1 mmmmm 11110 1 nnnnn ddddd"},
	{"FMLA(m, n, d)", "0 1 0 01110 0 0 1 mmmmm 11001 1 nnnnn ddddd"},
	{"FMLA_LANE(m, lane, n, d)", "0 1 0 01111 1 0 k mmmmm 0 0 01 l 0 nnnnn ddddd"}, // lane = 2l + k
	{"SUBW(m, n, d)", "0 1 1 01110 10 1 mmmmm 10000 1 nnnnn ddddd"},
	{"USHRW(count, n, d)", "0 1 1 011110 cccc ccc 00000 1 nnnnn ddddd"}, // 64 - count
	{"SHLW(count, n, d)", "0 1 0 011110 cccc ccc 01010 1 nnnnn ddddd"},  // 32 + count
	{"FMAXNM(m, n, d)", "0 1 0 01110 0 0 1 mmmmm 11000 1 nnnnn ddddd"},
	{"FMINNM(m, n, d)", "0 1 0 01110 1 0 1 mmmmm 11000 1 nnnnn ddddd"},
	{"FCMEQ(m, n, d)", "0 1 0 01110 0 0 1 mmmmm 11100 1 nnnnn ddddd"},
	{"FCVTNS(n, d)", "0 1 0 01110 0 0 10000 11010 10 nnnnn ddddd"},
	{"SCVTF(n, d)", "0 1 0 01110 0 0 10000 11101 10 nnnnn ddddd"},
	{"SQXTN_4H(n, d)", "0 0 0 01110 01 10000 10100 10 nnnnn ddddd"},
	{"SQXTN2_8H(n, d)", "0 1 0 01110 01 10000 10100 10 nnnnn ddddd"},
	{"SQXTN_8B(n, d)", "0 0 0 01110 00 10000 10100 10 nnnnn ddddd"},
	{"SMULL(m, n, d)", "0 0 0 01110 00 1 mmmmm 1100 00 nnnnn ddddd"},
	{"SMULL2(m, n, d)", "0 1 0 01110 00 1 mmmmm 1100 00 nnnnn ddddd"},
	{"SMLAL(m, n, d)", "0 0 0 01110 00 1 mmmmm 1000 00 nnnnn ddddd"},
	{"SMLAL2(m, n, d)", "0 1 0 01110 00 1 mmmmm 1000 00 nnnnn ddddd"},
	{"SADALP(n, d)", "0 1 0 01110 01 10000 00110 10 nnnnn ddddd"},
	{"ADDP(m, n, d)", "0 1 0 01110 10 1 mmmmm 10111 1 nnnnn ddddd"},
	{"SDOT_LANE(m, lane, n, d)", "0 1 0 01111 10 k mmmmm 1110 l 0 nnnnn ddddd"}, // lane = 2l + k
	{"FCVTL(n, d)", "0 0 0 01110 0 0 10000 10111 10 nnnnn ddddd"},
	{"FCVTL2(n, d)", "0 1 0 01110 0 0 10000 10111 10 nnnnn ddddd"},
	{"LOADQ(offset, n, d)", "00 111 1 01 11 oooooooooooo nnnnn ddddd"}, // offset / 16
}

// TestWordsAreAsTheManual compares the words that neon.h defines with
// the manual, for every register, lane and count, and offsets up to the last.
func TestWordsAreAsTheManual(t *testing.T) {
	words := armwords.Parse(t, "neon.h")
	require.Len(t, words, len(encodings), "every WORD has its encoding here")
	for _, e := range encodings {
		expression := words[e.macro]
		require.NotEmpty(t, expression, e.macro)
		params := regexp.MustCompile(`\w+`).FindAllString(e.macro, -1)[1:]
		for i, operand := range params {
			values := map[string]int{"m": 3, "n": 5, "d": 9, "lane": 1, "count": 7, "offset": 48}
			for v := range operandRange(operand) {
				values[params[i]] = v
				require.Equal(t, encode(t, e.manual, values), armwords.Evaluate(t, expression, values), "%s, %v", e.macro, values)
			}
		}
	}
}

// operandRange yields the values to try of an operand.
func operandRange(operand string) func(yield func(int) bool) {
	lo, hi, step := 0, 31, 1
	switch operand {
	case "lane":
		hi = 3
	case "count":
		lo = 1
	case "offset":
		hi, step = 4095*16, 7*16
	}
	return func(yield func(int) bool) {
		for v := lo; v <= hi && yield(v); v += step {
		}
	}
}

// encode fills the operands into the manual's drawing.
func encode(t *testing.T, manual string, values map[string]int) uint32 {
	fields := map[rune]int{
		'm': values["m"], 'n': values["n"], 'd': values["d"],
		'k': values["lane"] & 1, 'l': values["lane"] >> 1,
		'o': values["offset"] / 16,
		'c': 64 - values["count"],
	}
	if strings.Contains(manual, "01010 1") { // a shift to the left
		fields['c'] = 32 + values["count"]
	}
	return armwords.Fill(t, manual, fields)
}

// TestReservedRegisters: R18 is the platform's, R27 the assembler's, R28 holds
// the goroutine.
func TestReservedRegisters(t *testing.T) {
	files, err := filepath.Glob("*.[hs]")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Empty(t, regexp.MustCompile(`(?i)\br(18|27|28)\b`).FindAllString(string(source), -1), file)
		if file != "neon.h" {
			require.NotContains(t, string(source), "WORD", "%s: words belong into neon.h", file)
		}
	}
}
