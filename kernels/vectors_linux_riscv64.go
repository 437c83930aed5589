//go:build !purego

package kernels

import (
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rnnrun/rnnrun/kernels/internal/rvv"
)

// hasVectors reports whether all cores have the vector extension of version 1.0.
// Linux tells since 6.5. Older kernels that a board's maker extended only say that
// there is such an extension, which may be version 0.7.1, so the CPU is asked.
var hasVectors = sync.OnceValue(func() bool {
	pairs := []unix.RISCVHWProbePairs{{Key: unix.RISCV_HWPROBE_KEY_IMA_EXT_0}}
	if unix.RISCVHWProbe(pairs, nil, 0) == nil {
		return pairs[0].Key >= 0 && pairs[0].Value&unix.RISCV_HWPROBE_IMA_V != 0
	}
	const (
		capabilities = 16 // AT_HWCAP
		v            = 1 << ('V' - 'A')
	)
	auxv, _ := unix.Auxv()
	for _, a := range auxv {
		if a[0] == capabilities {
			return a[1]&v != 0 && rvv.Ratified()
		}
	}
	return false
})
