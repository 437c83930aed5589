package quantize_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func numbers() modeltest.Spec {
	return modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 3, Hidden: 20, Layers: 2, Outputs: 2, Seed: 7}
}

func tokens() modeltest.Spec {
	s := numbers()
	s.Tokens, s.Input = 50, 8
	return s
}

// formats returns the number formats of a model's parts.
func formats(m *format.Model) (f []format.DType) {
	if m.Embedding != nil {
		f = append(f, m.Embedding.DType)
	}
	for i := range m.Layers {
		f = append(f, m.Layers[i].Directions[0].Gates.DType)
	}
	if m.Head != nil {
		f = append(f, m.Head.Weight.DType)
	}
	if m.Decoder != nil {
		f = append(f, formats(m.Decoder)...)
	}
	return f
}

func TestPlan(t *testing.T) {
	const f32, f16, int8 = format.DTypeF32, format.DTypeF16, format.DTypeInt8
	m := tokens().Model()
	for _, test := range []struct {
		name   string
		change func(p *quantize.Plan)
		want   []format.DType
	}{
		{"all in one format", func(*quantize.Plan) {}, []format.DType{int8, int8, int8, int8}},
		{"a layer in another", func(p *quantize.Plan) { p.Layers[1] = f16 }, []format.DType{int8, int8, f16, int8}},
		{"each in its own", func(p *quantize.Plan) { p.Embedding, p.Layers[0], p.Head = f32, f16, f32 }, []format.DType{f32, f16, int8, f32}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := quantize.Uniform(m, int8)
			test.change(&p)
			q, err := p.Model(m)
			require.NoError(t, err)
			require.Equal(t, test.want, formats(q))
			require.NoError(t, q.Validate())
			_, err = rnn.New(q)
			require.NoError(t, err)
			require.Equal(t, []format.DType{f32, f32, f32, f32}, formats(m), "the original stays")
		})
	}
	_, err := quantize.Uniform(numbers().Model(), int8).Model(modeltest.Spec{Cell: format.CellLSTM}.Model())
	require.Error(t, err, "a plan for another model")
}

// TestPartsSetEachTheirOwn: setting all parts one by one is the uniform plan.
func TestPartsSetEachTheirOwn(t *testing.T) {
	m := tokens().Model()
	p := quantize.Uniform(m, format.DTypeF32)
	var names []string
	for _, part := range quantize.Parts(m) {
		names = append(names, part.Name)
		part.Set(&p, format.DTypeInt8)
	}
	require.Equal(t, []string{"embedding", "layer 0", "layer 1", "head"}, names)
	require.Equal(t, quantize.Uniform(m, format.DTypeInt8), p)
}

func TestADecoderIsPlannedToo(t *testing.T) {
	const f32, f16, int8 = format.DTypeF32, format.DTypeF16, format.DTypeInt8
	s := tokens()
	s.Outputs = 0
	m := s.Translator(30)
	p := quantize.Uniform(m, f32)
	var names []string
	for i, part := range quantize.Parts(m) {
		names = append(names, part.Name)
		part.Set(&p, []format.DType{int8, f16, f32}[i%3])
	}
	require.Equal(t, []string{"embedding", "layer 0", "layer 1", "decoder embedding", "decoder layer 0", "decoder layer 1", "decoder head"}, names)
	q, err := p.Model(m)
	require.NoError(t, err)
	require.NoError(t, q.Validate())
	require.Equal(t, []format.DType{int8, f16, f32, int8, f16, f32, int8}, formats(q))
	require.Equal(t, []format.DType{f32, f32, f32, f32, f32, f32, f32}, formats(m), "the original stays")
	all, err := quantize.Uniform(m, int8).Model(m)
	require.NoError(t, err)
	converted, err := m.Convert(int8)
	require.NoError(t, err)
	require.Equal(t, converted, all)

	p.Decoder = nil
	_, err = p.Model(m)
	require.Error(t, err, "a plan for another model")
}

func TestCalibrate(t *testing.T) {
	m := numbers().Model()
	require.Equal(t, float32(5.0/127), quantize.Calibrate(m, []float32{1, -5, 2, 3, 4, 0}).InputScale)
	require.Zero(t, quantize.Calibrate(m, nil).InputScale)
	m.Normalization = &format.Normalization{Mean: []float32{1, 0, 0}, Scale: []float32{10, 1, 1}}
	require.Equal(t, float32(20.0/127), quantize.Calibrate(m, []float32{1, -5, 2, 3, 4, 0}).InputScale)

	p := quantize.Uniform(m, format.DTypeInt8)
	p.Calibration.InputScale = 0.5
	q, err := p.Model(m)
	require.NoError(t, err)
	require.Equal(t, float32(0.5), q.Layers[0].Directions[0].InputScale)
	require.Zero(t, q.Layers[1].Directions[0].InputScale, "a state's scale is fixed")
}

// TestSearchKeepsWhatCostsMost gives every part a loss, and adds them up.
func TestSearchKeepsWhatCostsMost(t *testing.T) {
	m := tokens().Model()
	costs := map[format.DType][]float64{format.DTypeF32: {0, 0, 0, 0}, format.DTypeF16: {0.1, 0.1, 0.1, 0.1}, format.DTypeInt8: {1, 8, 4, 2}}
	loss := func(q *format.Model) (sum float64, err error) {
		for i, f := range formats(q) {
			sum += costs[f][i]
		}
		return sum, nil
	}
	for _, test := range []struct {
		limit float64
		kept  []string
		loss  float64
	}{
		{math.Inf(1), nil, 15},
		{15, nil, 15},
		{14, []string{"layer 0"}, 7.1},
		{7, []string{"layer 0", "layer 1"}, 3.2},
		{0.5, []string{"embedding", "layer 0", "layer 1", "head"}, 0.4},
		{0, []string{"embedding", "layer 0", "layer 1", "head"}, 0.4},
	} {
		r, err := quantize.Search(m, quantize.Options{DType: format.DTypeInt8, MaxLoss: test.limit, Loss: loss})
		require.NoError(t, err)
		var kept []string
		for i, p := range r.Parts {
			require.Equal(t, costs[format.DTypeInt8][i], p.Loss, p.Name)
			if p.Kept {
				kept = append(kept, p.Name)
			}
		}
		require.Equal(t, test.kept, kept, "limit %g", test.limit)
		require.InDelta(t, test.loss, r.Loss, 1e-9, "limit %g", test.limit)
		again, _ := loss(r.Model)
		require.Equal(t, r.Loss, again, "the result is the model that was measured last")
	}
}

// Dense layers, projections and special cells become small like others.
func TestEveryKindOfLayerIsQuantized(t *testing.T) {
	s := modeltest.Spec{
		Cell: format.CellLSTM, Input: 3, Hidden: 20, Layers: 2, Below: 8, Between: 9, Above: 7, Outputs: 2,
		Projection: 6, Peephole: true, Clip: 3, Reverse: true,
	}
	m := s.Model()
	require.Len(t, quantize.Parts(m), 6)
	for _, dtype := range []format.DType{format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
		q, err := quantize.Uniform(m, dtype).Model(m)
		require.NoError(t, err)
		weights := m.WeightBytes(format.DTypeF32) - q.WeightBytes(format.DTypeF32) // but for biases, and with scales
		require.Greater(t, weights, q.WeightBytes(dtype))
		for i := range q.Layers {
			w := &q.Layers[i].Directions[0]
			require.Equal(t, dtype, w.Gates.DType)
			if w.Projection.Rows > 0 {
				require.Equal(t, dtype, w.Projection.DType)
			}
		}
		_, err = rnn.New(q)
		require.NoError(t, err)
	}
}

// TestStatesDoNotDrift runs every cell for 20,000 steps, or 2,000 with -short:
// the error of int8 is no greater at the end of the run than at its start.
func TestStatesDoNotDrift(t *testing.T) {
	steps := 20_000
	if testing.Short() {
		steps = 2_000
	}
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden, s.Outputs, s.Seed = 2, 24, 1, 3
		t.Run(s.String(), func(t *testing.T) {
			m := s.Model()
			xs := s.Inputs(steps, 5)
			p := quantize.Uniform(m, format.DTypeInt8)
			p.Calibration = quantize.Calibrate(m, xs)
			q, err := p.Model(m)
			require.NoError(t, err)
			outputs := func(m *format.Model) []float32 {
				model, err := rnn.New(m)
				require.NoError(t, err)
				y, err := model.NewSession().Run(xs)
				require.NoError(t, err)
				return y
			}
			want, got := outputs(m), outputs(q)
			rms := func(from, to int) float64 {
				sum := 0.0
				for i := from; i < to; i++ {
					e := float64(got[i]) - float64(want[i])
					sum += e * e
				}
				return math.Sqrt(sum / float64(to-from))
			}
			require.Less(t, rms(0, steps), 0.02)
			require.Less(t, rms(steps/2, steps), 1.5*rms(0, steps/2)+1e-6)
		})
	}
}

func ExampleSearch() {
	m := tokens().Model()
	sequence := tokens().Sequence(100, 1)
	run := func(d *format.Model) []float32 {
		m, err := rnn.New(d)
		if err != nil {
			panic(err)
		}
		y, err := m.NewSession().RunTokens(sequence)
		if err != nil {
			panic(err)
		}
		return y
	}
	want := run(m)
	worst := func(q *format.Model) (float64, error) {
		worst := 0.0
		for i, y := range run(q) {
			worst = max(worst, math.Abs(float64(y-want[i])))
		}
		return worst, nil
	}
	r, err := quantize.Search(m, quantize.Options{DType: format.DTypeInt8, MaxLoss: 0.05, Loss: worst})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Loss < 0.05, r.Model.Head.Weight.DType)
	// Output: true int8
}

// TestMixedFormatsGiveTheSameBits: whatever the formats of a model's parts, it
// gives the same bits step by step, as a sequence, and with every kernel set.
func TestMixedFormatsGiveTheSameBits(t *testing.T) {
	m := tokens().Model()
	sequence := tokens().Sequence(40, 2)
	all := []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8}
	for i := range 27 {
		p := quantize.Uniform(m, all[i%3])
		p.Layers[0], p.Layers[1] = all[i/3%3], all[i/9]
		q, err := p.Model(m)
		require.NoError(t, err)
		var want []uint32
		for _, set := range kernels.Available() {
			model, err := rnn.New(q, rnn.WithKernels(set.Name()))
			require.NoError(t, err)
			y, err := model.NewSession().RunTokens(sequence)
			require.NoError(t, err)
			if want == nil {
				want = bits(y)
			}
			require.Equal(t, want, bits(y), "%v with %s", formats(q), set.Name())
			s := model.NewSession()
			for k, token := range sequence {
				y, err := s.StepToken(token)
				require.NoError(t, err)
				require.Equal(t, want[2*k:2*k+2], bits(y), "%v with %s, step %d", formats(q), set.Name(), k)
			}
		}
	}
}

func bits(v []float32) []uint32 {
	b := make([]uint32, len(v))
	for i, x := range v {
		b[i] = math.Float32bits(x)
	}
	return b
}
