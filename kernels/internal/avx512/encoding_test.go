package avx512

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// instructions are all that the assembly may consist of, by what a CPU must
// offer for them (Intel's Software Developer's Manual, volume 2). Those of
// AVX-512 F on vectors of less than 512 bits need VL, or are the same ones of
// AVX, AVX2 and FMA3.
var instructions = map[string]string{
	"amd64": "ADDQ CMPQ DECL DECQ IMUL3Q IMULQ INCQ JEQ JGE JGT JLE JLT JMP JNE JNZ JZ LEAQ MOVL MOVQ NEGQ PREFETCHT1 RET SHLL SHLQ SHRQ SUBQ TESTQ",
	"AVX":   "VZEROUPPER",
	"AVX-512 F": "KMOVW VADDPS VBROADCASTF64X4 VBROADCASTSS VCMPPS VCVTPH2PS VDIVPS VEXTRACTF32X4 VEXTRACTF64X4 VFMADD213PS VFMADD231PS " +
		"VINSERTF64X4 VMAXPS VMINPS VMOVAPS VMOVUPS VMULPS VPERMILPS VPSLLD VPSRLD VPSUBD VSHUFF64X2 VSUBPS",
	"AVX-512 DQ": "VXORPS",
}

// TestOnlyFBWDQVL proves that the assembly asks for nothing that a CPU with
// AVX-512 F, BW, DQ and VL lacks.
func TestOnlyFBWDQVL(t *testing.T) {
	var allowed []string
	for _, names := range instructions {
		allowed = append(allowed, strings.Fields(names)...)
	}
	source := read(t)
	lines := regexp.MustCompile(`(?m)^\t([A-Z][A-Z0-9]*)(\.Z|\.BCST)?\b`).FindAllStringSubmatch(source, -1)
	require.NotEmpty(t, lines)
	for _, line := range lines {
		require.Contains(t, allowed, line[1])
	}

	// What avo's tables say. MMX+ is where they file the prefetch instructions.
	features := []string{"AVX", "AVX2", "FMA3", "F16C", "MMX+", "AVX512F", "AVX512BW", "AVX512DQ", "AVX512VL"}
	for _, line := range regexp.MustCompile(`(?m)^// Requires: (.*)$`).FindAllStringSubmatch(source, -1) {
		require.Subset(t, features, strings.Split(line[1], ", "), line[0])
	}
}

// TestVectorStateIsCleared: SSE code that runs after a kernel would be slow
// while the upper parts of vector registers are in use.
func TestVectorStateIsCleared(t *testing.T) {
	for _, f := range strings.Split(read(t), "TEXT ·")[1:] {
		name, _, _ := strings.Cut(f, "(")
		require.NotZero(t, strings.Count(f, "RET"), name)
		require.Equal(t, strings.Count(f, "RET"), strings.Count(f, "VZEROUPPER"), name)
	}
}

func read(t *testing.T) string {
	source, err := os.ReadFile("kernels_amd64.s")
	require.NoError(t, err)
	return string(source)
}
