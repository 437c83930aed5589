//go:build !(amd64 || arm64 || arm || riscv64 || (wasm && wasmsimd)) || purego

package kernels

func archSets() []*Set { return nil }
