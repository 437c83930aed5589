package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// A half is the encoder or the decoder of a translation model to join: a .rnn file, or a
// file that convert reads.
type half struct {
	name   string // encoder or decoder
	text   importedText
	arch   string // a file
	gru    string // whether the GRUs of an ONNX graph reset after the product
	prefix string // prefix of the tensors in a state_dict
	shared bool   // both halves are in one file

	source source
	model  *format.Model
	notes  []string
}

func (h *half) add(c *cobra.Command, side string) {
	h.text.add(c, side+"-", side+": ")
	c.Flags().StringVar(&h.arch, h.name+"-arch", "", h.name+": JSON description of the architecture of a state_dict, as for convert")
	c.Flags().StringVar(&h.gru, h.name+"-gru", "", h.name+": whether GRUs of an ONNX graph reset-after or reset-before, as for convert")
	c.Flags().StringVar(&h.prefix, h.name+"-prefix", "", h.name+": prefix of its tensors in a state_dict with both halves (default "+h.name+". if both halves are one file)")
}

// read reads the half's file.
func (h *half) read(c *cobra.Command, path string) error {
	data, err := readInput(c, path)
	if err != nil {
		return err
	}
	h.source = source{data: data, name: path, prefix: h.prefix}
	if isRNN(data) {
		if h.prefix != "" || h.arch != "" {
			return cli.Usagef("--%s-arch and --%s-prefix are for state_dicts, but %s is a .rnn file", h.name, h.name, path)
		}
		h.source.kind = "a .rnn file"
		if h.model, err = format.Read(data); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	n, err := h.network(path)
	if err != nil {
		return fmt.Errorf("the %s %s: %w", h.name, path, err)
	}
	h.notes = append(h.notes, notesOf(n)...)
	if h.model, err = n.Model(); err != nil {
		return fmt.Errorf("the %s %s: %w", h.name, path, err)
	}
	h.stack(n)
	return nil
}

// network reads the half as a network. It drops what does not matter for a half: which
// steps its outputs use, and inputs for states.
func (h *half) network(path string) (*network.Network, error) {
	if h.shared && h.source.prefix == "" {
		h.source.prefix = h.name + "."
	}
	flags := convertFlags{arch: h.arch}
	if err := flags.describe(&h.source); err != nil {
		return nil, err
	}
	if h.source.arch.Pool == "" {
		h.source.arch.Pool = "none"
	}
	n, err := h.source.read()
	if err != nil {
		return nil, err
	}
	if h.source.prefix != "" && !h.source.prefixed {
		return nil, cli.Usagef("--%s-prefix is for a state_dict with both halves, but %s is %s", h.name, path, h.source.kind)
	}
	if count := n.FoldEmbedding(); count > 0 {
		h.notes = append(h.notes, fmt.Sprintf("the layer after the %s's embedding was merged into it", h.name))
	}
	if err := (&convertFlags{gru: h.gru}).setReset(n, h.source.kind); err != nil {
		return nil, err
	}
	// The runtime passes the states from the encoder to the decoder, and reads each
	// sequence as a whole.
	n.TakesStates, n.TakesLengths = false, false
	n.Notes = slices.DeleteFunc(n.Notes, func(note string) bool { return strings.HasPrefix(note, "the input ") })
	switch n.Pool {
	case format.PoolNone, format.PoolLast, format.PoolLastOutput:
		n.Pool = format.PoolNone // a decoder runs one step at a time, and of an encoder only the final states are used
	default:
		return nil, fmt.Errorf("%w: it reduces its steps by the pool %v, but an encoder gives its final state, and a decoder one output per step", network.ErrUnsupported, n.Pool)
	}
	return n, nil
}

// property returns the provenance of the half.
func (h *half) property() format.Property {
	return format.Property{Key: h.name, Value: fmt.Sprintf("%s, %s, sha256 %s", portable([]string{h.source.name})[0], h.source.kind, h.source.sum())}
}
