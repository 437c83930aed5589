package format

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// eachWeight calls do with every weight of the embedding, the layers and the
// head of two models of the same shape. step is the scale of the second one's.
func eachWeight(a, b *Model, do func(a, b, step float32)) {
	if a.Embedding != nil {
		for token := range a.Embedding.Tokens {
			for k := range a.Embedding.Size {
				step := float32(0)
				if b.Embedding.DType == DTypeInt8 {
					step = b.Embedding.Scale[token]
				}
				do(a.Embedding.At(token, k), b.Embedding.At(token, k), step)
			}
		}
	}
	matrices := func(a, b *Matrix) {
		for i := range a.Rows {
			for k := range a.Depth {
				step := float32(0)
				if b.DType == DTypeInt8 {
					step = b.Scale[i]
					if k >= b.Split {
						step = b.Scale[b.Rows+i]
					}
				}
				do(a.At(i, k), b.At(i, k), step)
			}
		}
	}
	for i := range a.Layers {
		for d := range a.Layers[i].Directions {
			x, y := &a.Layers[i].Directions[d], &b.Layers[i].Directions[d]
			matrices(&x.Gates, &y.Gates)
			matrices(&x.Candidate, &y.Candidate)
			matrices(&x.Projection, &y.Projection)
		}
	}
	if a.Head != nil {
		matrices(&a.Head.Weight, &b.Head.Weight)
	}
	if a.Graph != nil {
		for i := range a.Graph.Nodes {
			switch x := a.Graph.Nodes[i].Op.(type) {
			case *Conv:
				matrices(&x.Weight, &b.Graph.Nodes[i].Op.(*Conv).Weight)
			case *Layer:
				eachWeight(&Model{Layers: []Layer{*x}}, &Model{Layers: []Layer{*b.Graph.Nodes[i].Op.(*Layer)}}, do)
			case *Embedding:
				eachWeight(&Model{Embedding: x}, &Model{Embedding: b.Graph.Nodes[i].Op.(*Embedding)}, do)
			}
		}
	}
	if a.Decoder != nil {
		eachWeight(a.Decoder, b.Decoder, do)
	}
}

// formats returns the number formats of the tensors that are not always F32.
func formatsOf(m *Model) (all []DType) {
	_ = m.tensors(func(t tensor) error {
		if t.at.dtype() != nil {
			all = append(all, t.format())
		}
		return nil
	})
	if m.Decoder != nil {
		all = append(all, formatsOf(m.Decoder)...)
	}
	return all
}

func TestConvert(t *testing.T) {
	for name, m := range everyModel() {
		t.Run(name, func(t *testing.T) {
			before := mustAppend(t, m)
			half, err := m.Convert(DTypeF16)
			require.NoError(t, err)
			require.Subset(t, []DType{DTypeF16}, formatsOf(half))
			require.Nil(t, half.Goldens)
			eachWeight(m, half, func(w, got, _ float32) { require.Equal(t, binary16.Value(binary16.Round(w)), got) })

			int8s, err := m.Convert(DTypeInt8)
			require.NoError(t, err)
			require.Subset(t, []DType{DTypeInt8}, formatsOf(int8s))
			eachWeight(m, int8s, func(w, got, step float32) { require.InDelta(t, w, got, float64(step)*0.500001) })

			// F16 and Int8 are numbers of F32, and so come back.
			for _, c := range []*Model{half, int8s} {
				plain, err := c.Convert(DTypeF32)
				require.NoError(t, err)
				require.Subset(t, []DType{DTypeF32}, formatsOf(plain))
				eachWeight(c, plain, func(w, got, _ float32) { require.Equal(t, w, got) })
				again, err := c.Convert(formatsOf(c)[0])
				require.NoError(t, err)
				require.Equal(t, c, again)
			}
			same, err := m.Convert(DTypeF32)
			require.NoError(t, err)
			want := *m
			want.Goldens = nil
			require.Equal(t, &want, same)
			require.True(t, bytes.Equal(before, mustAppend(t, m)), "the model itself stays")
		})
	}
}

func TestConvertShares(t *testing.T) {
	m := fullModel()
	c, err := m.Convert(DTypeF16)
	require.NoError(t, err)
	require.Same(t, &m.Head.Bias[0], &c.Head.Bias[0])
	require.Same(t, &m.Layers[0].Directions[1].C0[0], &c.Layers[0].Directions[1].C0[0])
	require.Same(t, m.Tokenizer, c.Tokenizer)
}

func TestConvertForgetsTheInputScale(t *testing.T) {
	m := int8Model()
	require.NotZero(t, m.Layers[0].Directions[0].InputScale)
	same, err := m.Convert(DTypeInt8)
	require.NoError(t, err)
	require.Equal(t, m.Layers, same.Layers)
	for _, dtype := range []DType{DTypeF32, DTypeF16} {
		c, err := m.Convert(dtype)
		require.NoError(t, err)
		require.Zero(t, c.Layers[0].Directions[0].InputScale)
	}
	require.NotZero(t, m.Layers[0].Directions[0].InputScale)
}

func TestConvertRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(m *Model)
		dtype  DType
		err    error
		reason string
	}{
		{"an unknown number format", func(*Model) {}, 4, ErrUnsupported, "dtype 4"},
		{"an invalid model", func(m *Model) { m.Layers = nil }, DTypeF16, ErrInvalid, "0 layers"},
		{"a table beyond f16", func(m *Model) { m.Embedding.Table[4] = -65520 }, DTypeF16, ErrInvalid, "the embedding table has a weight beyond"},
		{"gates beyond f16", func(m *Model) { m.Layers[3].Directions[1].Gates.Data[0] = 1e6 }, DTypeF16, ErrInvalid, "the reverse gates of layer 3 has a weight beyond the greatest number of f16, 65504: keep it in f32"},
		{"a candidate beyond f16", func(m *Model) { m.Layers[2].Directions[0].Candidate.Data[0] = 1e6 }, DTypeF16, ErrInvalid, "the candidate of layer 2"},
		{"a decoder beyond f16", func(m *Model) {
			*m = *translateModel()
			m.Decoder.Layers[1].Directions[0].Gates.Data[0] = 1e6
		}, DTypeF16, ErrInvalid, "the decoder: the gates of layer 1 has a weight beyond"},
		{"gates beyond int4", func(m *Model) { m.Layers[3].Directions[1].Gates.Data[0] = -458_529 }, DTypeInt4, ErrInvalid, "the reverse gates of layer 3 has a weight beyond the greatest number of int4, 458528: keep it in f32"},
		{"a head beyond f16", func(m *Model) { m.Head.Weight.Data[0] = math.MaxFloat32 }, DTypeF16, ErrInvalid, "the head weight"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fullModel()
			c.change(m)
			got, err := m.Convert(c.dtype)
			require.Nil(t, got)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
		})
	}
	m := fullModel()
	m.Embedding.Table[4] = 65519 // is nearest to 65504
	m.Head.Bias[0] = 1e6         // stays in F32
	_, err := m.Convert(DTypeF16)
	require.NoError(t, err)
	m.Layers[3].Directions[1].Gates.Data[0] = -458_528 // 7 times 65504
	c, err := m.Convert(DTypeInt4)
	require.NoError(t, err)
	require.Equal(t, float32(-458_528), c.Layers[3].Directions[1].Gates.At(0, 0))
}

// Layers of converted models make one of mixed formats.
func TestMixedFormats(t *testing.T) {
	m := mixedModel()
	require.NoError(t, m.Validate())
	require.Equal(t, []DType{DTypeInt8, DTypeF16, DTypeF16, DTypeInt8, DTypeInt8, DTypeInt8, DTypeF32, DTypeF32, DTypeF16}, formatsOf(m))
}

func TestWeightBytes(t *testing.T) {
	for _, c := range []struct {
		name           string
		m              *Model
		f32, f16, int8 int
	}{
		{"numbers", numberModel(), 4 * (24*6 + 32 + 8*4 + 8), 0, 0},
		{"numbers in f16", inFormat(numberModel(), DTypeF16), 4 * (32 + 8), 2 * (24*6 + 8*4), 0},
		{"numbers in int8", int8Model(), 4 * (2*24 + 1 + 32 + 8 + 8), 0, 24*8 + 8*4},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.f32, c.m.WeightBytes(DTypeF32))
			require.Equal(t, c.f16, c.m.WeightBytes(DTypeF16))
			require.Equal(t, c.int8, c.m.WeightBytes(DTypeInt8))
		})
	}
	for name, m := range everyFormat() {
		records := body(mustAppend(t, m), tagTensors)
		if m.Decoder != nil {
			records = append(bytes.Clone(records), body(mustAppend(t, m.Decoder), tagTensors)...)
		}
		sizes := map[DType]uint64{}
		for ; len(records) > 0; records = records[tensorSize:] {
			sizes[DType(records[1])] += uint64(records[24]) | uint64(records[25])<<8 | uint64(records[26])<<16
		}
		for _, dtype := range []DType{DTypeF32, DTypeF16, DTypeInt8, DTypeInt4} {
			require.EqualValues(t, sizes[dtype], m.WeightBytes(dtype), fmt.Sprintf("%s in %v", name, dtype))
		}
	}
}
