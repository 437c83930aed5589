//go:build !(amd64 || arm64 || arm || riscv64) || purego

package kernels

func archSets() []*Set { return nil }
