package multiply

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/kernels"
)

func TestLoopsOfEverySet(t *testing.T) {
	for _, s := range kernels.Available() {
		for _, l := range []*Loop{Float32(s.Name()), Int8(s.Name())} {
			if l != nil {
				require.Positive(t, l.Adds)
				l.Run(0)
				l.Run(3)
			}
		}
	}
	require.Nil(t, Float32("generic"))
	require.Nil(t, Int8("avx2"))
}
