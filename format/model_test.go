package format

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/internal/padding"
)

// random returns n numbers from -1 to 1. They are made of the generator's bits,
// which are the same for ever.
func random(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(int64(r.Uint64())>>40) / (1 << 23)
	}
	return v
}

// cells are all the cells with their variants.
var cells = []struct {
	cell    Cell
	variant Variant
}{
	{CellRNN, VariantTanh}, {CellRNN, VariantReLU}, {CellLSTM, VariantStandard}, {CellGRU, VariantResetAfter}, {CellGRU, VariantResetBefore},
}

// randomPlain returns weights of a direction as frameworks hold them.
func randomPlain(r *rand.Rand, l *Layer) Plain {
	n := l.Cell.Gates() * l.HiddenSize
	p := Plain{WeightIH: random(r, n*l.InputSize)}
	if l.Cell.Recurrent() {
		p.WeightHH, p.BiasIH, p.BiasHH = random(r, n*l.StateSize()), random(r, n), random(r, n)
	} else {
		p.BiasIH = random(r, n)
	}
	if l.ProjectionSize > 0 {
		p.Projection = random(r, l.ProjectionSize*l.HiddenSize)
	}
	return p
}

// randomState returns n numbers and their padding.
func randomState(r *rand.Rand, n int) []float32 {
	return append(random(r, n), make([]float32, padding.UpToLanes(n)-n)...)
}

// randomLayer returns a layer with random weights.
func randomLayer(r *rand.Rand, cell Cell, variant Variant, in, hidden, directions int) Layer {
	l := Layer{Cell: cell, Variant: variant, InputSize: in, HiddenSize: hidden}
	for range directions {
		w, err := l.Pack(randomPlain(r, &l))
		if err != nil {
			panic(err)
		}
		l.Directions = append(l.Directions, w)
	}
	return l
}

// randomDense returns a fully connected layer with random weights.
func randomDense(r *rand.Rand, in, out int) *Dense {
	d, err := PackDense(in, out, random(r, in*out), random(r, out))
	if err != nil {
		panic(err)
	}
	return d
}

// smallModel returns the smallest model there is: numbers in, numbers out.
func smallModel() *Model {
	r := rand.New(rand.NewPCG(1, 0))
	return &Model{InputSize: 1, Layers: []Layer{randomLayer(r, CellRNN, VariantTanh, 1, 3, 1)}}
}

// fullModel returns a model of texts with everything that one can have.
func fullModel() *Model {
	r := rand.New(rand.NewPCG(2, 0))
	m := &Model{
		Task: TaskClassify, InputSize: 3,
		Embedding: &Embedding{Tokens: 5, Size: 3, Table: random(r, 15)},
		Layers: []Layer{
			randomLayer(r, CellLSTM, VariantStandard, 3, 5, 2),
			randomLayer(r, CellGRU, VariantResetAfter, 10, 8, 1),
			randomLayer(r, CellGRU, VariantResetBefore, 8, 2, 1),
			randomLayer(r, CellRNN, VariantReLU, 2, 9, 2),
		},
		Pool: PoolMean, Head: randomDense(r, 18, 2), Output: OutputSoftmax,
		Tokenizer:  &Tokenizer{Kind: TokenizerChars, Lowercase: true, MaxRun: 3, MaxLength: 80, Unknown: 0, Start: -1, End: 4},
		Vocabulary: []string{"<unk>", "a", "가", "\xff", " "}, Labels: []string{"나쁨", "good"},
		SampleRate: 0.5,
		Provenance: []Property{{"maker", "hand"}, {"source", "https://example.org/"}},
		Goldens: []Golden{
			{Steps: 3, Tokens: []int32{1, 4, 0}, Hash: 0x0123456789abcdef, Last: []float32{0.25, 0.75}},
			{Steps: 1, Tokens: []int32{2}, Hash: 1, Last: []float32{1, 0}},
		},
	}
	l := &m.Layers[0]
	l.Directions[0].H0, l.Directions[0].C0 = randomState(r, 5), randomState(r, 5)
	l.Directions[1].C0 = randomState(r, 5)
	l = &m.Layers[3]
	l.Directions[1].H0 = randomState(r, 9)
	return m
}

// numberModel returns a model of numbers with everything that one can have.
func numberModel() *Model {
	r := rand.New(rand.NewPCG(3, 0))
	return &Model{
		Task: TaskRegress, InputSize: 2,
		Layers: []Layer{randomLayer(r, CellGRU, VariantResetAfter, 2, 4, 1)},
		Head:   randomDense(r, 4, 3), Labels: []string{"x", "y", "z"},
		Normalization: &Normalization{
			Mean: random(r, 2), Scale: random(r, 2), OutputMean: random(r, 3), OutputScale: random(r, 3),
		},
		SampleRate: 48000,
		Goldens:    []Golden{{Steps: 2, Input: random(r, 4), Hash: 7, Last: random(r, 3)}},
	}
}

// translateModel returns a model that translates with everything that one can
// have.
func translateModel() *Model {
	r := rand.New(rand.NewPCG(6, 0))
	return &Model{
		Task: TaskTranslate, InputSize: 3,
		Embedding: &Embedding{Tokens: 4, Size: 3, Table: random(r, 12)},
		Layers: []Layer{
			randomLayer(r, CellLSTM, VariantStandard, 3, 5, 2),
			randomLayer(r, CellLSTM, VariantStandard, 10, 4, 1),
		},
		Tokenizer:  &Tokenizer{Kind: TokenizerChars, Unknown: 0, Start: -1, End: 3},
		Vocabulary: []string{"<unk>", "가", "나", "</s>"},
		Provenance: []Property{{"maker", "hand"}, {"source", "https://example.org/"}},
		Goldens:    []Golden{{Steps: 2, Tokens: []int32{1, 3}, Hash: 5, Last: random(r, 6)}, {Steps: 1, Tokens: []int32{3}, Hash: 6, Last: random(r, 6)}},
		Decoder: &Model{
			Task: TaskLanguage, InputSize: 2,
			Embedding: &Embedding{Tokens: 6, Size: 2, Table: random(r, 12)},
			Layers: []Layer{
				randomLayer(r, CellLSTM, VariantStandard, 2, 10, 1),
				randomLayer(r, CellLSTM, VariantStandard, 10, 4, 1),
			},
			Head: randomDense(r, 4, 6), Output: OutputSoftmax,
			Tokenizer:  &Tokenizer{Kind: TokenizerWords, Lowercase: true, Unknown: -1, Start: 0, End: 1},
			Vocabulary: []string{"<s>", "</s>", "go", "I", "you", "me"},
			Provenance: []Property{{"maker", "hand, too"}},
		},
	}
}

// inFormat returns the model in that number format, with its goldens, which
// nothing here computes. An int8 model that reads numbers has an input scale.
func inFormat(m *Model, dtype DType) *Model {
	c, err := m.Convert(dtype)
	if err != nil {
		panic(err)
	}
	c.Goldens = m.Goldens
	if m.Graph != nil {
		for i := range c.Graph.Nodes {
			if conv, ok := c.Graph.Nodes[i].Op.(*Conv); ok && dtype == DTypeInt8 {
				conv.InputScale = 1.0 / 64
			}
		}
		return c
	}
	if dtype == DTypeInt8 && m.Embedding == nil {
		for d := range c.Layers[0].Directions {
			c.Layers[0].Directions[d].InputScale = float32(d+1) / 64
		}
	}
	return c
}

// mixed returns the model with the number formats in turn, from the embedding
// or the first layer on.
func mixed(m *Model, turn ...DType) *Model {
	c := *m
	c.Layers = slices.Clone(m.Layers)
	next := func() *Model {
		dtype := turn[0]
		turn = append(turn[1:], dtype)
		return inFormat(m, dtype)
	}
	if m.Graph != nil {
		g := *m.Graph
		g.Nodes = slices.Clone(g.Nodes)
		for i := range g.Nodes {
			if _, ok := g.Nodes[i].Op.(weighted); ok {
				g.Nodes[i] = next().Graph.Nodes[i]
			}
		}
		c.Graph = &g
	}
	if m.Embedding != nil {
		c.Embedding = next().Embedding
	}
	for i := range c.Layers {
		c.Layers[i] = next().Layers[i]
	}
	if m.Head != nil {
		c.Head = next().Head
	}
	if m.Decoder != nil {
		c.Decoder = mixed(m.Decoder, turn...)
	}
	return &c
}

// mixedModel returns the full model with all number formats.
func mixedModel() *Model {
	return mixed(fullModel(), DTypeInt8, DTypeF16, DTypeInt8, DTypeInt8, DTypeF32, DTypeF16)
}

// int8Model returns the model of numbers in int8.
func int8Model() *Model { return inFormat(numberModel(), DTypeInt8) }

// int4Model returns the model of numbers in int4.
func int4Model() *Model { return inFormat(numberModel(), DTypeInt4) }

// everyFormat returns every model in every number format and in mixed ones.
func everyFormat() map[string]*Model {
	models := map[string]*Model{}
	for name, m := range everyModel() {
		for _, dtype := range []DType{DTypeF32, DTypeF16, DTypeInt8, DTypeInt4} {
			models[fmt.Sprintf("%s, %v", name, dtype)] = inFormat(m, dtype)
		}
		models[name+", mixed"] = mixed(m, DTypeF16, DTypeInt4, DTypeInt8, DTypeF32)
	}
	return models
}

// everyModel returns a model of every cell, variant, number of layers,
// direction, task, pool and output, by name.
func everyModel() map[string]*Model {
	r := rand.New(rand.NewPCG(4, 0))
	models := map[string]*Model{"small": smallModel(), "full": fullModel(), "numbers": numberModel(), "cells": cellsModel(), "dense": denseModel(), "translate": translateModel(), "data": dataModel(), "forecast": forecastModel(), "anomaly": anomalyModel(), "adaptation": adaptationModel(), "window": windowModel(), "graph": graphModel(), "graph of text": graphText()}
	for _, c := range cells {
		for layers := 1; layers <= 3; layers++ {
			for directions := 1; directions <= 2; directions++ {
				m := &Model{Task: TaskRegress, InputSize: 7}
				in := m.InputSize
				for i := range layers {
					m.Layers = append(m.Layers, randomLayer(r, c.cell, c.variant, in, 5+4*i, directions))
					in = directions * (5 + 4*i)
				}
				models[fmt.Sprintf("%v %v, layers %d, directions %d", c.cell, c.variant, layers, directions)] = m
			}
		}
	}
	for task := TaskRegress; task <= TaskLanguage; task++ {
		for pool := PoolNone; pool <= PoolMean; pool++ {
			for output := OutputLinear; output <= OutputSigmoid; output++ {
				m := &Model{
					Task: task, InputSize: 2, Pool: pool, Output: output,
					Embedding: &Embedding{Tokens: 9, Size: 2, Table: random(r, 18)},
					Layers:    []Layer{randomLayer(r, CellLSTM, VariantStandard, 2, 4, 1)},
					Head:      randomDense(r, 4, 9),
				}
				if m.validateTask() == nil {
					models[fmt.Sprintf("%v, pool %v, output %v", task, pool, output)] = m
				}
			}
		}
	}
	return models
}
