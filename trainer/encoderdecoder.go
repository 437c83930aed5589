package trainer

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// An encoder–decoder (Sutskever et al. 2014; Cho et al. 2014) is a network whose
// decoder is a network of its own, with the same number of layers. Each layer of
// the decoder starts from the final states of the encoder's layer with the same
// number. If the encoder is bidirectional, these are its forward and reverse
// states side by side, so the decoder is twice as wide. Training uses teacher
// forcing: the decoder reads the right tokens, not the tokens that it would have
// chosen.

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

// checkEncoder returns what is wrong with an encoder–decoder, or nil.
func (a *Architecture) checkEncoder() error {
	if a.Tokens < 1 || a.TargetTokens < 1 {
		return fmt.Errorf("the vocabularies of source and target have %d and %d tokens, want at least 1", a.Tokens, a.TargetTokens)
	}
	if a.Outputs != 0 || a.Pool != format.PoolNone {
		return fmt.Errorf("the encoder has %s and pool %v, want none of either", message.Count(a.Outputs, "output"), a.Pool)
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
	// Each batch has its own longest sequence first.
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

// handOver sets the decoder's initial states to the encoder's final states.
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
// decoder's initial states.
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
