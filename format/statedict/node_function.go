package statedict

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// functions are the activations of nodes by PyTorch's names.
var functions = map[string]format.ActivationKind{
	"relu": format.ActivationReLU, "tanh": format.ActivationTanh, "sigmoid": format.ActivationSigmoid,
	"leaky_relu": format.ActivationLeakyReLU, "elu": format.ActivationELU, "softsign": format.ActivationSoftsign,
	"thresholded_relu": format.ActivationThresholdedReLU, "softplus": format.ActivationSoftplus, "hardsigmoid": format.ActivationHardSigmoid, "softmax": format.ActivationSoftmax,
	"exp": format.ActivationExp, "log": format.ActivationLog, "sqrt": format.ActivationSqrt, "square": format.ActivationSquare,
	"abs": format.ActivationAbs, "reciprocal": format.ActivationReciprocal, "gelu": format.ActivationGELU,
	"gelu_tanh": format.ActivationGELUTanh, "silu": format.ActivationSiLU, "hardswish": format.ActivationHardSwish,
	"clip": format.ActivationClip, "affine": format.ActivationAffine, "scaled_tanh": format.ActivationScaledTanh,
	"sin": format.ActivationSin, "cos": format.ActivationCos, "sign": format.ActivationSign, "floor": format.ActivationFloor,
}

// function returns the activation of that name, with the node's constants.
func (n *Node) function(name string) (format.Activation, error) {
	kind, err := lookup("activation", name, functions)
	if err != nil {
		return format.Activation{}, err
	}
	a := kind.Default()
	if kind == format.ActivationHardSigmoid {
		a.Alpha = 1.0 / 6 // PyTorch's; ONNX has 0.2
	}
	if n.Alpha != nil {
		a.Alpha = *n.Alpha
	}
	if n.Beta != nil {
		a.Beta = *n.Beta
	}
	if a.Canonical() != a {
		return a, network.Refuse(network.ErrArchitecture, name, `"alpha" or "beta" are given, which it does not have`)
	}
	return a, nil
}

// apply adds a node whose op is an activation.
func (g *grapher) apply(n *Node, in []int) (int, error) {
	a, err := n.function(n.Op)
	if err != nil {
		return 0, err
	}
	return g.put(&format.Map{Function: a}, in...)
}
