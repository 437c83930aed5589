package main

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// setReset applies --gru to the GRUs of an ONNX graph.
func (f *convertFlags) setReset(n *network.Network, kind string) error {
	if f.gru == "" {
		return nil
	}
	v, err := choose("gru", f.gru, map[string]format.Variant{
		"reset-after": format.VariantResetAfter, "reset-before": format.VariantResetBefore,
	}, "reset-after", "reset-before")
	if err != nil {
		return err
	}
	if kind != kindONNX {
		return cli.Usagef("--gru is for ONNX graphs, but the file is %s, which records the variant of its GRUs: leave it out", kind)
	}
	if n.SetVariant(v) == 0 {
		return cli.Usagef("--gru %s, but the graph has no GRU", f.gru)
	}
	return nil
}

// doubtfulReset is the warning about GRUs that PyTorch may have exported wrongly.
const doubtfulReset = "warning: the graph says that its GRUs reset before the product with the state (linear_before_reset=0), but PyTorch's nn.GRU resets after it, " +
	"and torch.onnx.export(dynamo=True) is known to write 0 for it, which makes the outputs wrong. Give inputs and outputs of PyTorch with --check to be sure; " +
	"--gru reset-after converts it as nn.GRU computes, --gru reset-before says that the graph is right"

// resetShown is the note about such GRUs if --check found their variant.
const resetShown = "the graph says that its GRUs reset before the product with the state (linear_before_reset=0), but y are the outputs of GRUs that reset after it, as PyTorch's do: these are converted"
