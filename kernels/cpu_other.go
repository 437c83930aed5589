//go:build purego || !(amd64 || arm64 || riscv64 || (linux && arm))

package kernels

func processor() Processor { return Processor{} }
