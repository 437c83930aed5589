package avx512vnni

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// instructions are all that the assembly may consist of, by what a CPU must
// offer for them (Intel's Software Developer's Manual, volume 2).
var instructions = map[string]string{
	"amd64": "ADDQ CMPQ DECQ IMUL3Q IMULQ INCQ JEQ JGE JGT JLE JLT JMP JNZ JZ LEAQ MOVB MOVQ PREFETCHT1 RET SETNE SHLQ SHRQ SUBQ TESTL TESTQ XORQ",
	"AVX": "VADDPS VANDPS VBROADCASTSS VCMPPS VCVTDQ2PS VDIVPS VMAXPS VMINPS VMOVDQU VMOVUPS VMULPS VSUBPS VXORPS " +
		"VZEROUPPER",
	"AVX2":        "VPBROADCASTD VPXOR",
	"FMA3":        "VFMADD213PS VFMADD231PS",
	"AVX-512 F":   "KMOVW KORW KXORW VBROADCASTF64X4 VCVTPS2DQ VEXTRACTF64X4 VINSERTF64X4 VMOVDQU32 VPMOVDB VPXORD",
	"AVX512_VNNI": "VPDPBUSD",
}

// TestOnlyVNNI proves that the assembly asks for nothing that a CPU with AVX2,
// FMA3, and AVX-512 F, VL and VNNI lacks.
func TestOnlyVNNI(t *testing.T) {
	var allowed []string
	for _, names := range instructions {
		allowed = append(allowed, strings.Fields(names)...)
	}
	source, err := os.ReadFile("kernels_amd64.s")
	require.NoError(t, err)
	lines := regexp.MustCompile(`(?m)^\t([A-Z][A-Z0-9]*)(\.Z|\.BCST)?\b`).FindAllStringSubmatch(string(source), -1)
	require.NotEmpty(t, lines)
	for _, line := range lines {
		require.Contains(t, allowed, line[1])
	}
	// What avo's tables say. MMX+ is where they file the prefetch instructions.
	features := []string{"AVX", "AVX2", "FMA3", "MMX+", "AVX512F", "AVX512VL", "AVX512VNNI"}
	for _, line := range regexp.MustCompile(`(?m)^// Requires: (.*)$`).FindAllStringSubmatch(string(source), -1) {
		require.Subset(t, features, strings.Split(line[1], ", "), line[0])
	}
	for _, f := range strings.Split(string(source), "TEXT ·")[1:] {
		require.Equal(t, strings.Count(f, "RET"), strings.Count(f, "VZEROUPPER"))
	}
}
