package format

import (
	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/padding"
)

// An Embedding is a table of one row per token.
type Embedding struct {
	Tokens int // rows
	Size   int // columns
	DType  DType
	Table  []float32 // F32: [Tokens][Size]
	Half   []uint16  // F16: binary16, [Tokens][Size]
	Int8   []int8    // Int8: [Tokens][Size, padded with zeros to 4]
	Scale  []float32 // Int8: [Tokens]; a number is Int8*Scale
}

// At returns number k of a token's row.
func (e *Embedding) At(token, k int) float32 {
	switch e.DType {
	case DTypeF16:
		return binary16.Value(e.Half[token*e.Size+k])
	case DTypeInt8:
		return float32(float32(e.Int8[token*padding.UpToQuad(e.Size)+k]) * e.Scale[token])
	default:
		return e.Table[token*e.Size+k]
	}
}

// Quantize returns the table in [DTypeInt8], each row with a scale of its own. See
// [Matrix.Quantize].
func (e *Embedding) Quantize() Embedding {
	q := Embedding{Tokens: e.Tokens, Size: e.Size, DType: DTypeInt8}
	width := padding.UpToQuad(e.Size)
	q.Int8 = make([]int8, e.Tokens*width)
	q.Scale = make([]float32, e.Tokens)
	for token := range e.Tokens {
		scale := scaleOf(e.Size, func(k int) float32 { return e.At(token, k) })
		for k := range e.Size {
			q.Int8[token*width+k] = quantize(e.At(token, k), scale)
		}
		q.Scale[token] = scale
	}
	return q
}

func (e *Embedding) convert(dtype DType) *Embedding {
	if dtype == DTypeInt4 {
		dtype = DTypeInt8
	}
	switch dtype {
	case e.DType:
		return e
	case DTypeInt8:
		q := e.Quantize()
		return &q
	}
	c := Embedding{Tokens: e.Tokens, Size: e.Size}
	for token := range e.Tokens {
		for k := range e.Size {
			c.Table = append(c.Table, e.At(token, k))
		}
	}
	if dtype == DTypeF16 {
		c.DType, c.Half, c.Table = DTypeF16, halves(c.Table), nil
	}
	return &c
}

// parameters returns the number of trainable numbers.
func (e *Embedding) parameters() int { return e.Tokens * e.Size }

// validate checks the sizes of the embedding of a model with that input size.
func (e *Embedding) validate(inputSize int) error {
	if !inRange(e.Tokens) {
		return fail(ErrInvalid, tagArchitecture, 8, "an embedding of %s, want 1 to %d", message.Count(e.Tokens, "token"), MaxSize)
	}
	if e.Size != inputSize {
		return fail(ErrInvalid, tagArchitecture, 4, "an embedding of size %d for an input size of %d", e.Size, inputSize)
	}
	return nil
}

func (e *Embedding) dtype() *DType { return &e.DType }
func (e *Embedding) scales() int   { return len(e.Scale) }

// in returns the table's numbers in a format, which is never int4.
func (e *Embedding) in(d DType) numbers {
	switch d {
	case DTypeF32:
		return (*f32s)(&e.Table)
	case DTypeF16:
		return (*f16s)(&e.Half)
	case DTypeInt8:
		return (*int8s)(&e.Int8)
	}
	return nil
}

// arrays yields the arrays of the embedding, in the order of the file.
func (e *Embedding) arrays(yield func(tensor) bool) bool {
	return yield(tensor{kind: embeddingTable, rows: e.Tokens, units: e.Tokens, depth: e.Size, split: e.Size, at: e}) &&
		yield(tensor{kind: embeddingScale, rows: e.Tokens, units: e.Tokens, depth: 1, scales: &e.DType, at: (*f32s)(&e.Scale)})
}
