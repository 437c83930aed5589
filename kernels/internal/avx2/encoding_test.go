package avx2

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOnlyAVX2 proves that the assembly asks for nothing that a CPU with AVX2
// and FMA3 lacks. avo silently takes Y16 and up where more than 16 vectors are
// live, and an instruction with such a register is one of AVX-512.
func TestOnlyAVX2(t *testing.T) {
	source, err := os.ReadFile("kernels_amd64.s")
	require.NoError(t, err)
	code := regexp.MustCompile(`(?m)//.*$`).ReplaceAllString(string(source), "")
	require.Contains(t, code, "VFMADD231PS")

	forbidden := regexp.MustCompile(`\b([XY](1[6-9]|2[0-9]|3[01])|Z[0-9]+|K[0-7])\b`)
	require.Empty(t, forbidden.FindAllString(code, -1), "registers of AVX-512")

	// MMX+ is where avo's tables file the prefetch instructions.
	allowed := []string{"AVX", "AVX2", "FMA3", "F16C", "SSE", "SSE2", "MMX+"}
	for _, line := range regexp.MustCompile(`(?m)^// Requires: (.*)$`).FindAllStringSubmatch(string(source), -1) {
		require.Subset(t, allowed, strings.Split(line[1], ", "), line[0])
	}
}

// TestVectorStateIsCleared: SSE code that runs after a kernel would be slow
// while the upper halves of vector registers are in use.
func TestVectorStateIsCleared(t *testing.T) {
	source, err := os.ReadFile("kernels_amd64.s")
	require.NoError(t, err)
	for _, f := range strings.Split(string(source), "TEXT ·")[1:] {
		name, _, _ := strings.Cut(f, "(")
		if regexp.MustCompile(`\bY[0-9]+\b`).MatchString(f) {
			require.Equal(t, strings.Count(f, "RET"), strings.Count(f, "VZEROUPPER"), name)
		}
	}
}
