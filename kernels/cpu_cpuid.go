//go:build (amd64 || arm64) && !purego

package kernels

import (
	"runtime"

	"github.com/klauspost/cpuid/v2"
)

func processor() Processor {
	p := Processor{Name: cpuid.CPU.BrandName}
	for _, f := range []cpuid.FeatureID{
		cpuid.SSE42, cpuid.AVX, cpuid.AVX2, cpuid.FMA3, cpuid.F16C, cpuid.AVXVNNI,
		cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX512VNNI,
		cpuid.ASIMD, cpuid.ASIMDHP, cpuid.ASIMDDP, cpuid.I8MM, cpuid.SVE, cpuid.SVE2,
	} {
		// Not every system tells cpuid about ASIMD, which Go itself asks for.
		given := f == cpuid.ASIMD && runtime.GOARCH == "arm64"
		if given || cpuid.CPU.Supports(f) {
			p.Features = append(p.Features, f.String())
		}
	}
	return p
}
