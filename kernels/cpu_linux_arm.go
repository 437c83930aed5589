//go:build !purego

package kernels

import "golang.org/x/sys/cpu"

// processor asks x/sys/cpu, since cpuid does not know 32-bit ARM.
func processor() Processor {
	var p Processor
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"VFP", cpu.ARM.HasVFP},
		{"VFPV3", cpu.ARM.HasVFPv3},
		{"VFPV4", cpu.ARM.HasVFPv4},
		{"VFPD32", cpu.ARM.HasVFPD32},
		{"NEON", cpu.ARM.HasNEON},
	} {
		if f.has {
			p.Features = append(p.Features, f.name)
		}
	}
	return p
}
