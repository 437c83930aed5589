package pytorch

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A Cell is a kind of recurrent layer.
type Cell struct {
	Name    string
	Cell    format.Cell
	Variant format.Variant
}

var cells = []Cell{
	{"rnn_tanh", format.CellRNN, format.VariantTanh},
	{"rnn_relu", format.CellRNN, format.VariantReLU},
	{"lstm", format.CellLSTM, format.VariantStandard},
	{"gru", format.CellGRU, format.VariantResetAfter},
	{"gru_before", format.CellGRU, format.VariantResetBefore},
}

var directionNames = map[bool]string{false: "uni", true: "bi"}

// scale is the bound of PyTorch's initial weights for layers of that width.
func scale(width int) float32 { return float32(1 / math.Sqrt(float64(width))) }

// suffix returns the suffix of PyTorch's names for the weights of a layer's direction.
func suffix(layer, direction int) string {
	if direction == 1 {
		return fmt.Sprintf("_l%d_reverse", layer)
	}
	return fmt.Sprintf("_l%d", layer)
}

// layers returns recurrent layers whose weights are determined by their names, which
// begin with prefix.
func layers(cell Cell, n int, bidirectional bool, inputSize, hiddenSize int, prefix string) ([]format.Layer, error) {
	directions := 1
	if bidirectional {
		directions = 2
	}
	var list []format.Layer
	for i := range n {
		l := format.Layer{Cell: cell.Cell, Variant: cell.Variant, InputSize: inputSize, HiddenSize: hiddenSize}
		rows := cell.Cell.Gates() * hiddenSize
		for d := range directions {
			tensor := func(name string, n int) []float32 {
				return uniform(prefix+name+suffix(i, d), n, scale(hiddenSize))
			}
			w, err := l.Pack(format.Plain{
				WeightIH: tensor("weight_ih", rows*inputSize),
				WeightHH: tensor("weight_hh", rows*hiddenSize),
				BiasIH:   tensor("bias_ih", rows),
				BiasHH:   tensor("bias_hh", rows),
			})
			if err != nil {
				return nil, err
			}
			l.Directions = append(l.Directions, w)
		}
		list = append(list, l)
		inputSize = directions * hiddenSize
	}
	return list, nil
}

// A Tensor is a parameter, or its gradient, under PyTorch's name.
type Tensor struct {
	Name   string
	Values []float32
}

// Gradients returns the gradients of recurrent layers in PyTorch's form. grad has the
// gradients in place of the layers' weights. If a layer has the sum of two PyTorch
// biases, both have the gradient of the sum.
func Gradients(grad []format.Layer) []Tensor {
	var list []Tensor
	for i := range grad {
		l := &grad[i]
		for d := range l.Directions {
			p := l.Unpack(&l.Directions[d])
			shared := len(p.BiasIH)
			if l.Variant == format.VariantResetAfter {
				shared = 2 * l.HiddenSize // the new gate also has two biases here
			}
			copy(p.BiasHH, p.BiasIH[:shared])
			list = append(list,
				Tensor{"weight_ih" + suffix(i, d), p.WeightIH},
				Tensor{"weight_hh" + suffix(i, d), p.WeightHH},
				Tensor{"bias_ih" + suffix(i, d), p.BiasIH},
				Tensor{"bias_hh" + suffix(i, d), p.BiasHH})
		}
	}
	return list
}
