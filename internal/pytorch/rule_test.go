package pytorch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRuleGivesTheNumbersOfTheScript(t *testing.T) {
	goldens, err := Read("../../testdata/pytorch")
	require.NoError(t, err)
	for i, v := range uniform("rule", 8, float32(1/math.Sqrt(5))) {
		require.Equal(t, goldens["rule/uniform"][i], float64(v))
	}
	for i, v := range below("rule", 8, 1000) {
		require.Equal(t, goldens["rule/below"][i], float64(v))
	}
}
