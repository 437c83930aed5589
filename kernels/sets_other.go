package kernels

func archSets() []*Set { return nil }
