package format

import "github.com/rnnrun/rnnrun/internal/padding"

// dense is the kind of a dense layer, y = σ(W_ih x + b): a layer without a state,
// and so without columns for one.
type dense struct{}

func (*dense) name() string                { return "dense" }
func (*dense) traits() traits              { return traits{} }
func (*dense) variants() []Variant         { return []Variant{VariantStandard} }
func (*dense) gates() string               { return "y" }
func (*dense) misspelt(*Layer, int) string { return "" }

func (*dense) activations(Variant) []Activation { return []Activation{{Kind: ActivationNone}} }

func (*dense) shape(l *Layer) shape {
	units := padding.UpToLanes(l.HiddenSize)
	return shape{gates: units, depth: l.InputSize, tile: tileRows, bias: units}
}

func (*dense) place(_ *Layer, _, unit int) place { return at(unit) }
