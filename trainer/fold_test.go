package trainer

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// The first layer's sums are computed once for each token if there are few
// tokens, and for every row if there are many or dropout changes the rows.
func TestFoldingFewTokensKeepsTheBits(t *testing.T) {
	for _, c := range cells {
		for _, tokens := range []int{3, 200} {
			t.Run(fmt.Sprintf("%s/%d tokens", c.name, tokens), func(t *testing.T) {
				net, err := NewNetwork(Architecture{
					Cell: c.cell, Variant: c.variant, Tokens: tokens, EmbeddingSize: 10, HiddenSize: 21, Layers: 2,
					Bidirectional: true, Outputs: 11, Output: format.OutputSoftmax,
				}, 1)
				require.NoError(t, err)
				p := newReplica(net)
				require.NoError(t, p.batch.load(net.Model(), randomSequences(net.Model(), rand.New(rand.NewPCG(1, 9)), 17, 29)))
				require.Equal(t, tokens == 3, p.fold(dropout{}) != nil)
				require.Nil(t, p.fold(dropout{input: 0.1}))
				for _, dtype := range dtypes {
					require.NoError(t, net.SetDType(dtype))
					requireRuntimeBits(t, net, 3)
				}
			})
		}
	}
}
