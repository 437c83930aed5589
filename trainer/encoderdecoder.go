package trainer

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// An encoder–decoder (Sutskever et al. 2014; Cho et al. 2014) is a network whose
// decoder is a network of its own, with the same number of layers. Each layer of
// the decoder starts at the final states of the encoder's layer of the same
// number; if the encoder is bidirectional, forward and reverse side by side, so
// the decoder is twice as wide. Training uses teacher forcing: the decoder reads
// the right tokens, not those it would have chosen.

// decoder returns the architecture of an encoder's decoder.
func (a *Architecture) decoder() *Architecture {
	return &Architecture{
		Task: format.TaskLanguage, Cell: a.Cell, Variant: a.Variant,
		Tokens: a.TargetTokens, EmbeddingSize: a.EmbeddingSize,
		HiddenSize: a.features(), Layers: a.Layers,
		Outputs: a.TargetTokens, Output: format.OutputSoftmax, TieWeights: a.TieWeights,
		Initialization: a.Initialization,
	}
}

// checkEncoder reports what is wrong with an encoder–decoder.
func (a *Architecture) checkEncoder() error {
	if a.Tokens < 1 || a.TargetTokens < 1 {
		return fmt.Errorf("the vocabularies of source and target have %d and %d tokens, but must have at least 1", a.Tokens, a.TargetTokens)
	}
	if a.Outputs != 0 || a.Pool != format.PoolNone {
		return fmt.Errorf("an encoder has %d outputs and pool %v, but must have none", a.Outputs, a.Pool)
	}
	return a.decoder().check()
}

// outputModel returns the model that has the outputs: m, or its decoder.
func outputModel(m *format.Model) *format.Model {
	if m.Decoder != nil {
		return m.Decoder
	}
	return m
}

// sources returns the sequences that the encoder reads.
func sources(pairs []dataset.Sequence) []dataset.Sequence {
	list := make([]dataset.Sequence, len(pairs))
	for i := range pairs {
		list[i].Tokens = pairs[i].Source
	}
	return list
}

// load loads a part of a minibatch.
func (p *replica) load(sequences []dataset.Sequence) error {
	if p.decoder == nil {
		return p.batch.load(p.net.model, sequences)
	}
	if err := p.decoder.load(sequences); err != nil {
		return err
	}
	if err := p.batch.load(p.net.model, sources(sequences)); err != nil {
		return fmt.Errorf("the source of %w", err)
	}
	// Both batches have their longest sequence first.
	p.places = slices.Grow(p.places[:0], len(sequences))[:len(sequences)]
	at := make([]int, len(sequences))
	for s, i := range p.decoder.batch.order {
		at[i] = s
	}
	for s, i := range p.batch.order {
		p.places[s] = at[i]
	}
	return nil
}

// handOver starts the decoder's states at the encoder's final ones.
func (p *replica) handOver() {
	for i := range p.layers {
		to := p.decoder.layers[i].directions[0]
		to.start(len(p.places))
		for j, from := range p.layers[i].directions {
			hidden := from.layer.HiddenSize
			for s, place := range p.places {
				copy(to.rows(to.finalH, place, 1)[j*hidden:], from.rows(from.finalH, s, 1)[:hidden])
				copy(to.rows(to.finalC, place, 1)[j*hidden:], from.rows(from.finalC, s, 1)[:hidden])
			}
		}
	}
}

// takeBack sets the gradients of the encoder's final states to those of the
// states that the decoder started at.
func (p *replica) takeBack() {
	for i := range p.layers {
		from := p.decoder.layers[i].directions[0]
		for j, to := range p.layers[i].directions {
			hidden := to.layer.HiddenSize
			to.end(len(p.places))
			for s, place := range p.places {
				copy(to.rows(to.dh, s, 1), from.rows(from.dh, place, 1)[j*hidden:][:hidden])
				copy(to.rows(to.dc, s, 1), from.rows(from.dc, place, 1)[j*hidden:][:hidden])
			}
		}
	}
}
