package padding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUp(t *testing.T) {
	for _, c := range []struct{ n, lanes, quad int }{
		{0, 0, 0}, {1, 8, 4}, {4, 8, 4}, {5, 8, 8}, {8, 8, 8}, {9, 16, 12}, {1 << 24, 1 << 24, 1 << 24},
	} {
		require.Equal(t, c.lanes, UpToLanes(c.n), "%d", c.n)
		require.Equal(t, c.quad, UpToQuad(c.n), "%d", c.n)
	}
}
