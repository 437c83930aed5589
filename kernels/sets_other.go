//go:build !(amd64 || arm64 || arm) || purego

package kernels

func archSets() []*Set { return nil }
