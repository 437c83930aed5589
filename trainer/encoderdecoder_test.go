package trainer

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// randomPairs returns pairs for an encoder–decoder. lengths are those of a
// source and its target, in turn.
func randomPairs(m *format.Model, rng *rand.Rand, lengths ...int) []dataset.Sequence {
	list := randomSequences(m.Decoder, rng, lengths[1:]...)
	var pairs []dataset.Sequence
	for i := 0; i < len(list); i += 2 {
		pair := list[i]
		for range lengths[i] {
			pair.Source = append(pair.Source, rng.Int32N(int32(m.Embedding.Tokens)))
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// smallTranslation is the task of writing tokens in reverse order.
func smallTranslation(t *testing.T, tie bool) (*Network, Task) {
	t.Helper()
	a := Architecture{
		Task: format.TaskTranslate, Cell: format.CellLSTM, Layers: 1, Bidirectional: true,
		Tokens: 5, TargetTokens: 7, EmbeddingSize: 12, HiddenSize: 12, TieWeights: tie,
	}
	if tie {
		a.HiddenSize = 6
	}
	net, err := NewNetwork(a, 7)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	var examples []dataset.Sequence
	for range 240 {
		s := dataset.Sequence{Tokens: []int32{5}} // 5 starts, and 6 ends
		for range 1 + rng.IntN(4) {
			s.Source = append(s.Source, rng.Int32N(5))
		}
		for _, token := range slices.Backward(s.Source) {
			s.Tokens = append(s.Tokens, token)
			s.Classes = append(s.Classes, token)
		}
		s.Classes = append(s.Classes, 6)
		examples = append(examples, s)
	}
	task, err := NewSequenceTask(dataset.Sequences(examples[:200]), dataset.Sequences(examples[200:]), 16)
	require.NoError(t, err)
	return net, task
}

// An encoder–decoder learns, and its loss is the mean over target tokens.
func TestEncoderDecodersLearn(t *testing.T) {
	net, task := smallTranslation(t, false)
	r, err := Fit(context.Background(), net, task, FitOptions{Epochs: 30, LearningRate: 0.03, Schedule: CosineDecay{}})
	require.NoError(t, err)
	require.Greater(t, r.Validation.Correct, 0.95)
	targets := 0
	for mb := range task.Validation() {
		for _, s := range mb.Sequences {
			targets += len(s.Classes)
		}
	}
	require.Equal(t, targets, r.Validation.Targets)
	require.Equal(t, []string{"embedding", "layer 0", "decoder embedding", "decoder layer 0", "decoder head"}, net.ParameterGroups())
}

func TestEncoderDecodersThatCannotBe(t *testing.T) {
	a := Architecture{Task: format.TaskTranslate, Cell: format.CellGRU, Layers: 1, Tokens: 5, TargetTokens: 7, EmbeddingSize: 4, HiddenSize: 6}
	for _, c := range []struct {
		change func(a *Architecture)
		want   string
	}{
		{func(a *Architecture) { a.TargetTokens = 0 }, "source and target have 5 and 0 tokens"},
		{func(a *Architecture) { a.Outputs = 3 }, "the encoder has 3 outputs"},
		{func(a *Architecture) { a.TieWeights = true }, "the head's 7×6 weights cannot be tied to the embedding's 7×4"},
		{func(a *Architecture) { a.HiddenSize = 0 }, "the hidden size is 0"},
	} {
		a := a
		c.change(&a)
		_, err := NewNetwork(a, 1)
		require.ErrorContains(t, err, c.want)
	}
	net, err := NewNetwork(a, 1)
	require.NoError(t, err)
	trainer := NewTrainer(net, Options{})
	for _, c := range []struct {
		pair dataset.Sequence
		want string
	}{
		{dataset.Sequence{Tokens: []int32{5}, Classes: []int32{6}}, "the source of sequence 0: it has no tokens"},
		{dataset.Sequence{Source: []int32{5}, Tokens: []int32{5}, Classes: []int32{6}}, "the source of sequence 0: token 5 of step 0, want 0 to"},
		{dataset.Sequence{Source: []int32{1}, Tokens: []int32{7}, Classes: []int32{6}}, "sequence 0: token 7 of step 0, want 0 to"},
		{dataset.Sequence{Source: []int32{1}, Tokens: []int32{5}}, "sequence 0: it has 0 target classes, want 1"},
	} {
		_, err := trainer.Evaluate([]dataset.Sequence{c.pair}, false)
		require.ErrorContains(t, err, c.want)
	}
}

// encoderDecoders calls f for every cell, depth and direction.
func encoderDecoders(t *testing.T, f func(t *testing.T, a Architecture)) {
	for _, c := range cells {
		for _, layers := range []int{1, 2} {
			for _, bidirectional := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d layers/bidirectional %v", c.name, layers, bidirectional), func(t *testing.T) {
					f(t, Architecture{
						Task: format.TaskTranslate, Cell: c.cell, Variant: c.variant, Layers: layers, Bidirectional: bidirectional,
						Tokens: 7, TargetTokens: 6, EmbeddingSize: 4, HiddenSize: 5,
					})
				})
			}
		}
	}
}

// Gradients flow through the decoder into the encoder's final states, and
// through the encoder. If the encoder is bidirectional, they also flow through
// every dropout.
func TestGradientsOfEncoderDecoders(t *testing.T) {
	encoderDecoders(t, func(t *testing.T, a Architecture) {
		net, err := NewNetwork(a, 1)
		require.NoError(t, err)
		pairs := randomPairs(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 2, 1, 4, 4, 1)
		if !a.Bidirectional {
			requireGradients(t, net, pairs)
			return
		}
		trainer := NewTrainer(net, Options{Parts: 1, Dropout: 0.3, InputDropout: 0.2, RecurrentDropout: 0.4})
		loss, err := trainer.gradients(pairs, false)
		require.NoError(t, err)
		ref := newReference(net.Model())
		ref.masks = trainer.replicas[0]
		requireGradientsOf(t, trainer, ref, pairs, loss)
	})
}

// The weights depend on neither the kernel set nor the number of cores.
func TestEncoderDecodersHaveTheSameBitsEverywhere(t *testing.T) {
	train := func(dtype format.DType) [][]uint32 {
		net, task := smallTranslation(t, false)
		require.NoError(t, net.SetDType(dtype))
		_, err := Fit(context.Background(), net, task, FitOptions{
			Options: Options{Clip: 1, Dropout: 0.1, RecurrentDropout: 0.2}, Epochs: 2, LearningRate: 0.01,
		})
		require.NoError(t, err)
		return weightBits(net)
	}
	want, int8 := train(format.DTypeF32), train(format.DTypeInt8)
	require.NotEqual(t, want, int8)
	for _, set := range kernels.Available() {
		for _, cores := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%s/%d cores", set.Name(), cores), func(t *testing.T) {
				t.Setenv(kernels.EnvVar, set.Name())
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				require.Equal(t, want, train(format.DTypeF32))
				require.Equal(t, int8, train(format.DTypeInt8))
			})
		}
	}
}

func TestForwardBitsAreTheTranslators(t *testing.T) {
	encoderDecoders(t, func(t *testing.T, a Architecture) {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
			net, err := NewNetwork(a, 3)
			require.NoError(t, err)
			net.Model().Decoder.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: 4, End: 5}
			net.Model().Decoder.Vocabulary = []string{"a", "b", "c", "d", "<start>", "<end>"}
			net.Model().Decoder.Head.Bias[5] += 0.5 // so that it ends
			require.NoError(t, net.SetDType(dtype))
			requireTranslatorBits(t, net, [][]int32{{0}, {3, 1, 6, 6}, {5, 2}})
		}
	})
}

// requireTranslatorBits compares the forward pass with the runtime's greedy
// translations. A golden has the hash of their outputs.
func requireTranslatorBits(t *testing.T, net *Network, sources [][]int32) {
	t.Helper()
	exported, err := net.Export()
	require.NoError(t, err)
	model, err := rnn.NewEncoderDecoder(exported)
	require.NoError(t, err)
	translator, err := model.NewTranslator()
	require.NoError(t, err)
	z := exported.Decoder.Tokenizer
	var pairs []dataset.Sequence
	var hashes []uint64
	for _, source := range sources {
		written, err := translator.Translate(nil, source)
		require.NoError(t, err)
		s := dataset.Sequence{Source: source, Tokens: append([]int32{int32(z.Start)}, written...), Classes: append(written, int32(z.End))}
		if !translator.Translations()[0].Ended {
			s.Tokens, s.Classes = s.Tokens[:len(written)], s.Classes[:len(written)]
		}
		golden, err := model.Golden(source, nil)
		require.NoError(t, err)
		pairs, hashes = append(pairs, s), append(hashes, golden.Hash)
	}
	p := newReplica(net)
	require.NoError(t, p.load(pairs))
	p.forward(false, dropout{})
	for s, i := range p.decoder.batch.order {
		hash := fnv.New64a()
		for step := range p.decoder.batch.lengths[s] {
			row := p.decoder.outputs.row(p.decoder.batch.offset[step] + s)
			require.NoError(t, binary.Write(hash, binary.LittleEndian, row))
		}
		require.Equal(t, hashes[i], hash.Sum64(), "%v, pair %d", net.DType(), i)
	}
}
