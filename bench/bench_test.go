package main

import (
	"math"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/bench/onnx"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/benchmark"
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
	const tolerance = 1e-5
	d, err := difference([]float32{1, 2}, []float32{1, 2 + 2e-6}, tolerance)
	require.NoError(t, err)
	require.InDelta(t, 2e-6, d, 1e-6)
	for _, got := range [][]float32{{1}, {1, 2.1}, {1, float32(math.NaN())}} {
		_, err := difference([]float32{1, 2}, got, tolerance)
		require.Error(t, err)
	}
}

func TestOursMeasuresEveryKindOfCase(t *testing.T) {
	list := cases()
	for _, i := range []int{0, 18, 19, 37} {
		r, err := compare(&list[i], []Peer{ours{format.DTypeF32}, ours{format.DTypeF16}, ours{format.DTypeInt8}, reading{}}, 1, 1)
		require.NoError(t, err)
		require.Positive(t, r.Times[0].NS)
		require.EqualValues(t, 1, r.Times[0].Ratio)
		require.Positive(t, r.Times[2].Difference)
	}
}

// A fixed is a peer that takes a time.
type fixed struct {
	name  string
	dtype format.DType
	ns    float64
}

func (f fixed) Name() string                           { return f.name }
func (f fixed) DType() format.DType                    { return f.dtype }
func (f fixed) Version() string                        { return "" }
func (f fixed) Open(*Case) (Runner, error)             { return f, nil }
func (f fixed) Outputs() ([]float32, error)            { return []float32{1}, nil }
func (f fixed) Measure(time.Duration) (float64, error) { return f.ns, nil }
func (f fixed) Close()                                 {}

func TestRatiosAreToTheSameNumberFormat(t *testing.T) {
	c := cases()[0]
	r, err := compare(&c, []Peer{
		fixed{"rnnrun", format.DTypeF32, 100}, fixed{"rnnrun int8", format.DTypeInt8, 25},
		fixed{"other", format.DTypeF32, 300}, fixed{"other int8", format.DTypeInt8, 75},
	}, 3, 1)
	require.NoError(t, err)
	var ratios []float64
	for _, m := range r.Times {
		ratios = append(ratios, m.Ratio)
	}
	require.Equal(t, []float64{1, 0.25, 3, 3}, ratios)
}

func TestGroup(t *testing.T) {
	all := []Peer{fixed{"rnnrun", format.DTypeF32, 1}, fixed{"rnnrun f16", format.DTypeF16, 1}, fixed{"other", format.DTypeF32, 1}, fixed{"other int8", format.DTypeInt8, 1}}
	names := func(compact bool) (list []string) {
		for _, p := range group(all, compact) {
			list = append(list, p.Name())
		}
		return list
	}
	require.Equal(t, []string{"rnnrun", "other"}, names(false))
	require.Equal(t, []string{"rnnrun", "rnnrun f16", "other int8"}, names(true))
}

func TestSpecsOfBytes(t *testing.T) {
	for _, cell := range cells {
		for bytes := 128 << 10; bytes <= 8<<20; bytes *= 2 {
			s := ofBytes(cell, bytes)
			got, err := stepBytes(&Case{Spec: s})
			require.NoError(t, err)
			require.InEpsilon(t, bytes, got, 0.02, "%v", s)
			require.InDelta(t, s.Hidden, s.Input, 0.2*float64(s.Hidden))
		}
	}
}

func TestLimits(t *testing.T) {
	s := &settings{only: regexp.MustCompile("LSTM 1→8 |GRU 128→128|bandwidth 128 KiB|steady LSTM 1→40"), rounds: 1, each: 1, steps: 100}
	var r Report
	require.NoError(t, s.limits(&r, nil))
	require.NoError(t, s.tails(&r, nil))
	require.Len(t, r.Small, 1)
	require.Len(t, r.Quantized, 1)
	require.Len(t, r.Bandwidths, 1)
	require.Len(t, r.Tails, 1)
	require.Positive(t, r.Small[0].Cycles)
	require.Equal(t, r.Small[0].Cycles, r.Small[0].Lowest) // of one round
	require.Equal(t, "int8", r.Quantized[0].DType)
	require.Len(t, r.Bandwidths[0].Steps, len(cells))
	for _, s := range r.Bandwidths[0].Steps {
		require.Positive(t, s.Share)
	}
	require.GreaterOrEqual(t, r.Tails[0].Samples*r.Tails[0].Batch, 100)
	require.LessOrEqual(t, r.Tails[0].Undisturbed.P999, r.Tails[0].Max)
}

func TestMarkdown(t *testing.T) {
	r := &Report{
		Missing: []string{"PyTorch: none"}, Rounds: 3,
		Cases: []Result{
			{Case: "a", WeightBytes: 2048, Times: []Measure{{Peer: "rnnrun", NS: 123, Ratio: 1}, {Peer: "other", NS: 45600, Ratio: 370.7}}},
			{Case: "b", Times: []Measure{{Peer: "rnnrun", NS: 123456, Ratio: 1}}},
			{Case: "c", Steps: sequenceSteps, Times: []Measure{{Peer: "rnnrun", NS: 1000, Ratio: 1}}},
		},
		Compact: []Result{{Case: "d", Times: []Measure{
			{Peer: "rnnrun", NS: 4000, Ratio: 1}, {Peer: "rnnrun int8", NS: 1000, Ratio: 0.25}, {Peer: "other int8", NS: 3000, Ratio: 3},
		}}},
		Batches: []Result{
			{Case: "f", WeightBytes: 1024, Times: []Measure{
				{Peer: "rnnrun, one stream", DType: "f32", NS: 8000, Ratio: 1}, {Peer: "rnnrun", DType: "f32", NS: 2000, Ratio: 0.25},
				{Peer: "ONNX Runtime", DType: "f32", NS: 3000, Ratio: 0.375}, {Peer: "multiplying", DType: "f32", NS: 1800, Ratio: 0.225},
			}},
			{Case: "g", Times: []Measure{{DType: "int8", NS: 800, Ratio: 1}, {DType: "int8", NS: 400, Ratio: 0.5}}},
		},
		Wholes: []Result{{Case: "e", Times: []Measure{{Peer: "rnnrun", NS: 2000, Ratio: 1}}}},
		Small: []Step{
			{Cell: "LSTM", Hidden: 8, NS: 40, Cycles: 130, Lowest: 128}, {Cell: "GRU", Hidden: 8, NS: 30, Cycles: 100, Lowest: 99},
			{Cell: "LSTM", Hidden: 16, NS: 60, Cycles: 190, Lowest: 180}, {Cell: "GRU", Hidden: 16, NS: 50, Cycles: 150, Lowest: 150},
		},
		Quantized: []Step{{Cell: "GRU", Input: 128, Hidden: 128, Bytes: 102400, NS: 1200, Cycles: 4000}},
		Bandwidths: []Bandwidth{{Bytes: 131072, Rate: 100.04, Steps: []Share{
			{Step{Cell: "LSTM", Input: 63, Hidden: 64, NS: 1300}, 0.987},
		}}},
		Tails: []Tail{{
			Network: "LSTM 1→40", Samples: 500, Batch: 2, All: Percentiles{200, 300, 800}, Max: 90000,
			Interruptions: benchmark.Interruptions{Count: 7, Share: 0.012}, Undisturbed: Percentiles{200, 250, 300},
		}},
		Training: []Training{{Cell: "GRU", Hidden: 8, Threads: 1, Rates: []Rate{
			{Peer: "rnnrun", Rate: 1000, Ratio: 1, Peak: 30 << 20, Share: 1}, {Peer: "other", Rate: 500, Ratio: 2, Peak: 300 << 20, Share: 0.1},
		}}},
	}
	text := r.markdown()
	for _, want := range []string{
		"| network | weights KiB | rnnrun | other | × |\n|---|--:|--:|--:|--:|\n",
		"| a | 2 | 0.12 | 45.6 | 370.70 |\n",
		"| b | 0 | 123 | – | – |\n",
		"## Sequences of 256 steps, µs per step\n\n| network | weights KiB | rnnrun |\n|---|--:|--:|\n| c | 0 | 1.00 |\n",
		"| network | weights KiB | rnnrun | rnnrun int8 | gain | other int8 | × |\n",
		"| d | 0 | 4.00 | 1.00 | 4.00 | 3.00 | 3.00 |\n",
		"| f | f32 | 1 | 8.00 | 2.00 | 4.00 | 1.80 | 0.90 | 3.00 | 1.50 |\n| g | int8 | 0 | 0.80 | 0.40 | 2.00 | – | – | – | – |\n",
		"| model | weights KiB | rnnrun |\n|---|--:|--:|\n| e | 0 | 2.00 |\n",
		"| hidden | LSTM ns | cycles | lowest | RTNeural's | GRU ns | cycles | lowest | RTNeural's |\n",
		"| 8 | 40 | 130 | 128 | 158 | 30 | 100 | 99 | 137 |\n| 16 | 60 | 190 | 180 | 256 | 50 | 150 | 150 | 194 |\n",
		"| 128→128 | 100 | 1.20 | 4000 | 5200 |\n",
		"| KiB | bandwidth GB/s | LSTM | µs | share |\n",
		"| 128 | 100.0 | 63→64 | 1.30 | 0.99 |\n",
		"| LSTM 1→40 | 500 | 2 | 0.20 | 0.30 | 0.80 | 90.0 | 4.00 | 7 | 1.20 | 0.20 | 0.25 | 0.30 | 1.50 |\n",
		"| GRU 8 | 1 | 1000 | 30 | 500 | 2.00 | 300 | 0.10 |\n",
		"- Missing: PyTorch: none\n",
	} {
		require.Contains(t, text, want)
	}
}

func TestParse(t *testing.T) {
	s, err := parse([]string{"-only", "GRU", "-rounds", "2"}, os.Stderr)
	require.NoError(t, err)
	require.True(t, s.only.MatchString("streaming GRU 1→40"))
	require.False(t, s.only.MatchString("streaming RNN 1→40"))
	require.True(t, s.peers.MatchString("anything"))
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer null.Close()
	for _, args := range [][]string{{"-rounds", "0"}, {"-only", "("}, {"x"}, {"-time", "0s"}, {"-steps", "0"}, {"-constant", "sr"}} {
		_, err := parse(args, null)
		require.Error(t, err)
	}
}

func TestAProcessKnowsItsPeakOfMemory(t *testing.T) {
	peak, err := peakMemory(os.Getpid())
	require.NoError(t, err)
	require.Greater(t, peak, int64(1<<20))
	_, err = peakMemory(-1)
	require.Error(t, err)
}

func TestTwins(t *testing.T) {
	widths := map[string][2]int{
		"voice activity 576→1": {576, 1}, "noise suppression 257→257": {257, 257}, "noise suppression 512→512": {512, 512},
		"sentence splitter": {0, 4}, "attitude 7→4": {7, 4},
	}
	for _, twin := range onnx.Twins() {
		w, err := newTwin(twin)
		require.NoError(t, err, twin.Name)
		require.Equal(t, widths[twin.Name], [2]int{w.model.InputSize(), w.model.OutputSize()})
		require.Equal(t, twin.Name != "sentence splitter", w.model.Streamable())
		delete(widths, twin.Name)
	}
	require.Empty(t, widths)
}

// A whole model's ports are told by their names, and its states are what is left.
func TestWholeModels(t *testing.T) {
	o, err := newONNXRuntime(format.DTypeF32)
	if err != nil {
		t.Skip("ONNX Runtime cannot be had: ", err)
	}
	for _, twin := range onnx.Twins() {
		w, err := newTwin(twin)
		require.NoError(t, err)
		r, err := w.compare([]Peer{o}, 1, 1)
		require.NoError(t, err)
		require.Len(t, r.Times, 4)
		require.Equal(t, "ONNX Runtime", r.Times[3].Peer)
		require.Positive(t, r.Times[1].Difference) // of f16
	}
}

func TestNoPeerIsToldToUseASlowKernel(t *testing.T) {
	require.Equal(t, []string{"PATH=/bin"}, withoutOpenBLAS([]string{"OPENBLAS_CORETYPE=Haswell", "PATH=/bin", "OPENBLAS_L2_SIZE=512"}))
}
