package main

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCasesAreThoseOfTheTable(t *testing.T) {
	list := cases()
	require.Len(t, list, 2*(3*6+1))
	for _, c := range list {
		if c.Tokens == nil {
			require.Len(t, c.Inputs, sequenceSteps*c.Spec.Input)
		} else {
			require.Len(t, c.Tokens, sequenceSteps)
		}
	}
	require.Equal(t, "RNN 1→40", list[0].Name)
	require.Equal(t, "characters 64→LSTM 256→256", list[len(list)-1].Name)
}

// Wrong outputs must not be timed.
func TestDifference(t *testing.T) {
	d, err := difference([]float32{1, 2}, []float32{1, 2 + 2e-6})
	require.NoError(t, err)
	require.InDelta(t, 2e-6, d, 1e-6)
	for _, got := range [][]float32{{1}, {1, 2.1}, {1, float32(math.NaN())}} {
		_, err := difference([]float32{1, 2}, got)
		require.Error(t, err)
	}
}

func TestOursMeasuresEveryKindOfCase(t *testing.T) {
	list := cases()
	for _, i := range []int{0, 18, 19, 37} {
		r, err := compare(&list[i], []Peer{ours{}, reading{}}, 1, 1)
		require.NoError(t, err)
		require.Positive(t, r.Times[0].NS)
		require.EqualValues(t, 1, r.Times[0].Ratio)
	}
}

func TestMarkdown(t *testing.T) {
	r := &Report{
		Missing: []string{"PyTorch: none"}, Rounds: 3,
		Cases: []Result{
			{Case: "a", WeightBytes: 2048, Times: []Measure{{Peer: "rnnrun", NS: 123, Ratio: 1}, {Peer: "other", NS: 45600, Ratio: 370.7}}},
			{Case: "b", Times: []Measure{{Peer: "rnnrun", NS: 123456, Ratio: 1}}},
		},
		Training: []Training{{Cell: "GRU", Hidden: 8, Threads: 1, Rates: []Rate{{Peer: "rnnrun", Rate: 1000, Ratio: 1}}}},
	}
	text := r.markdown()
	for _, want := range []string{
		"| network | weights KiB | rnnrun | other | × |\n|---|--:|--:|--:|--:|\n",
		"| a | 2 | 0.12 | 45.6 | 370.70 |\n",
		"| b | 0 | 123 | – | – |\n",
		"| GRU 8 | 1 | 1000 |\n",
		"- Missing: PyTorch: none\n",
	} {
		require.Contains(t, text, want)
	}
}

func TestParse(t *testing.T) {
	s, err := parse([]string{"-cases", "GRU", "-rounds", "2"}, os.Stderr)
	require.NoError(t, err)
	require.True(t, s.cases.MatchString("streaming GRU 1→40"))
	require.False(t, s.cases.MatchString("streaming RNN 1→40"))
	require.True(t, s.peers.MatchString("anything"))
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer null.Close()
	for _, args := range [][]string{{"-rounds", "0"}, {"-cases", "("}, {"x"}, {"-time", "0s"}} {
		_, err := parse(args, null)
		require.Error(t, err)
	}
}
