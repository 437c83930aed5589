//go:build !purego

package kernels

import "github.com/klauspost/cpuid/v2"

// processor names what every riscv64 CPU has that Go runs on, and vectors of version
// 1.0: cpuid does not tell them from those of older versions.
func processor() Processor {
	p := Processor{Name: cpuid.CPU.BrandName, Features: []string{"RV_F", "RV_D"}}
	if hasVectors() {
		p.Features = append(p.Features, "RV_V")
	}
	return p
}
