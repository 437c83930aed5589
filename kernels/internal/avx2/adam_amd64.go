//go:build !purego

package avx2

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// Adam is generic.Adam.
func Adam(w, m, v, g []float32, s *generic.AdamStep) { adam(w, m, v, g, &s.Beta1) }
