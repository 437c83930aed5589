//go:build !amd64 || purego

package kernels

func archSets() []*Set { return nil }
