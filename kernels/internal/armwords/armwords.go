// Package armwords reads the instructions that a header of ARM assembly spells out, and
// compares those of 32-bit ARM with the manual, for tests alone.
package armwords

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

// An Encoding is a macro with its operands, the instruction as the Arm Architecture
// Reference Manual draws it, and the kinds of its registers. The drawing has the fixed
// bits, and a letter for each bit of an operand: a register S has its lowest bit apart,
// in D, N or M, and a register D or Q its highest. The kinds are s, d or q, of the
// operands m, n and d in this order, or of all.
type Encoding [3]string

// Check compares every WORD of a header, for every register, count and offset.
// Registers D are below doubles.
func Check(t *testing.T, header string, doubles int, encodings []Encoding) {
	words := Parse(t, header)
	require.Len(t, words, len(encodings), "every WORD has its encoding here")
	for _, e := range encodings {
		macro, manual, registers := e[0], e[1], e[2]
		expression := words[macro]
		require.NotEmpty(t, expression, macro)
		params := regexp.MustCompile(`\w+`).FindAllString(macro, -1)[1:]
		for i, operand := range params {
			values := map[string]int{"m": 3, "n": 6, "d": 9, "r": 2, "u": 7, "count": 8, "offset": 24, "left": 5, "right": 7, "bits": 0x70}
			for v := range operandRange(operand, registers, doubles) {
				values[params[i]] = v
				require.Equal(t, encode(t, manual, registers, values), Evaluate(t, expression, values), "%s, %v", macro, values)
			}
		}
	}
}

// CheckRegisters looks for registers that are not the kernels' own, in all assembly of
// the folder, and for words outside of the header. R10 holds the goroutine, R11 is the
// assembler's, R14 is where to return to.
func CheckRegisters(t *testing.T, header string) {
	files, err := filepath.Glob("*.[hs]")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		code := regexp.MustCompile(`//.*`).ReplaceAllString(string(source), "")
		require.Empty(t, regexp.MustCompile(`(?i)\b(r1[0145]|g)\b`).FindAllString(code, -1), file)
		if file != header {
			require.NotContains(t, string(source), "WORD", "%s: words belong into %s", file, header)
		}
	}
}

var (
	wordMacro  = regexp.MustCompile(`(?m)^#define (\w+\(.*?\)) WORD \$(.*?);?$`)
	fieldMacro = regexp.MustCompile(`(?m)^#define ([SDQ][DNM])\(r\) (.*)$`)
	fieldUse   = regexp.MustCompile(`\b([SDQ][DNM])\((\w+)\)`)
)

// Parse returns the expression of each macro of a header that is a WORD, with
// the places of registers put in.
func Parse(t *testing.T, header string) map[string]string {
	source, err := os.ReadFile(header)
	require.NoError(t, err)
	fields := map[string]string{}
	for _, m := range fieldMacro.FindAllStringSubmatch(string(source), -1) {
		fields[m[1]] = m[2]
	}
	words := map[string]string{}
	for _, m := range wordMacro.FindAllStringSubmatch(string(source), -1) {
		words[m[1]] = fieldUse.ReplaceAllStringFunc(m[2], func(use string) string {
			u := fieldUse.FindStringSubmatch(use)
			return regexp.MustCompile(`\br\b`).ReplaceAllString(fields[u[1]], u[2])
		})
	}
	require.Equal(t, len(words), strings.Count(string(source), "WORD $"), "a WORD has a macro of its own")
	return words
}

// operandRange yields the values to try of an operand.
func operandRange(operand, registers string, doubles int) func(yield func(int) bool) {
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
	case kindOf(operand, registers) == 'd':
		hi = doubles - 1
	}
	return func(yield func(int) bool) {
		for v := lo; v <= hi && yield(v); v += step {
		}
	}
}

// kindOf returns the kind of register that an operand is, or 0.
func kindOf(operand, registers string) byte {
	i := strings.Index("mnd", operand)
	if i < 0 || registers == "" {
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
	if strings.Contains(manual, "N1N1") { // an operand that stands twice
		manual = strings.Replace(manual, "nnnn dddd 0001 N1N1 nnnn", "xxxx dddd 0001 X1N1 nnnn", 1)
		fields['x'], fields['X'] = fields['n'], fields['N']
	}
	return Fill(t, manual, fields)
}

// Fill puts operands into the manual's drawing, by their letters.
func Fill(t *testing.T, manual string, fields map[rune]int) uint32 {
	var word uint32
	left := map[rune]int{}
	bits := strings.ReplaceAll(manual, " ", "")
	require.Len(t, bits, 32, manual)
	for _, b := range bits {
		left[b]++
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

// Evaluate computes a macro's expression, which reads the same in Go.
func Evaluate(t *testing.T, expression string, values map[string]int) uint32 {
	for name, v := range values {
		expression = regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(expression, fmt.Sprint(v))
	}
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, expression)
	require.NoError(t, err, expression)
	word, exact := constant.Uint64Val(tv.Value)
	require.True(t, exact && word>>32 == 0, expression)
	return uint32(word)
}
