package pytorch

import (
	"fmt"
	"sync"

	"rnnrun/format"
)

// A Training is a network that PyTorch trained for [TrainingSteps] steps: the
// goldens are the loss of each, and the norm of the first one's gradients
// before clipping.
type Training struct {
	Task          format.Task // Language or Classify
	Cell          Cell
	Layers        int
	Bidirectional bool
	Optimizer     Optimizer
}

// An Optimizer has the hyperparameters of the PyTorch optimizer of its name.
type Optimizer struct {
	Name         string // "sgd", "adam" or "adamw"
	LearningRate float64
	Momentum     float64 // of sgd
	Beta1, Beta2 float64 // of adam and adamw
	Epsilon      float64 // of adam and adamw
	WeightDecay  float64 // of adamw, of all parameters
	MaxNorm      float64 // of clip_grad_norm_ over all parameters, of all optimizers
}

// TrainingSteps is the number of steps of a training.
const TrainingSteps = 100

const (
	tokens  = 23 // size of the vocabulary
	width   = 12 // of the embedding
	hidden  = 16
	batch   = 4
	window  = 10 // steps of a language model's batch
	longest = 12 // steps of a sequence to classify
	classes = 3
)

var taskNames = map[format.Task]string{format.Language: "language", format.Classify: "classify"}

func optimizers(task format.Task) []Optimizer {
	rate, clip := 0.5, 0.3
	if task == format.Classify {
		rate, clip = 0.1, 1
	}
	return []Optimizer{
		{Name: "sgd", LearningRate: rate, Momentum: 0.9, MaxNorm: clip},
		{Name: "adam", LearningRate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, MaxNorm: clip},
		{Name: "adamw", LearningRate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0.1, MaxNorm: clip},
	}
}

// Trainings returns all trainings.
func Trainings() []Training {
	var list []Training
	for _, task := range []format.Task{format.Language, format.Classify} {
		for _, cell := range cells {
			for _, layers := range []int{1, 2} {
				for _, bidirectional := range []bool{false, true} {
					if task == format.Language && bidirectional {
						continue
					}
					for _, o := range optimizers(task) {
						list = append(list, Training{task, cell, layers, bidirectional, o})
					}
				}
			}
		}
	}
	return list
}

func (t Training) network() string {
	return fmt.Sprintf("%s-%s-l%d-%s", taskNames[t.Task], t.Cell.Name, t.Layers, directionNames[t.Bidirectional])
}

// String returns the training's name, with which the names of its goldens
// begin.
func (t Training) String() string { return t.network() + "-" + t.Optimizer.Name }

// Model returns the network at the start of the training.
func (t Training) Model() (*format.Model, error) {
	prefix := t.network() + "/"
	list, err := layers(t.Cell, t.Layers, t.Bidirectional, width, hidden, prefix+"rnn.")
	if err != nil {
		return nil, err
	}
	outputs, pool := tokens, format.PoolNone
	if t.Task == format.Classify {
		outputs, pool = classes, format.PoolLast
	}
	features := hidden * len(list[0].Directions)
	head, err := format.PackDense(features, outputs,
		uniform(prefix+"linear.weight", outputs*features, scale(hidden)),
		uniform(prefix+"linear.bias", outputs, scale(hidden)))
	if err != nil {
		return nil, err
	}
	return &format.Model{
		Task:      t.Task,
		InputSize: width,
		Embedding: &format.Embedding{
			Tokens: tokens, Size: width,
			Table: uniform(prefix+"embedding.weight", tokens*width, scale(hidden)),
		},
		Layers: list,
		Pool:   pool,
		Head:   head,
		Output: format.Softmax,
	}, nil
}

// An Example is a sequence of a batch.
type Example struct {
	Tokens  []int32
	Classes []int32 // one a step of a language model, otherwise one in all
}

// Batch returns the batch of a step, from 0. The loss is the mean of the
// cross-entropy over all classes of the batch. A language model's examples go
// on where those of the step before ended, and start from their final states.
func (t Training) Batch(step int) []Example {
	if t.Task == format.Language {
		return windows(step)
	}
	return sequences(step)
}

func windows(step int) []Example {
	var examples []Example
	for b := range batch {
		at := (b*TrainingSteps + step) * window
		examples = append(examples, Example{
			Tokens:  text()[at : at+window],
			Classes: text()[at+1 : at+window+1],
		})
	}
	return examples
}

// text returns the language models' text, in which three tokens of four follow
// from the last but one.
var text = sync.OnceValue(func() []int32 {
	var list []int32
	for i, draw := range numbers("language/text", batch*TrainingSteps*window+1) {
		token := int32(draw >> 8 % tokens)
		if i >= 2 && draw%4 != 0 {
			token = (5*list[i-2] + 3) % tokens
		}
		list = append(list, token)
	}
	return list
})

func sequences(step int) []Example {
	name := fmt.Sprintf("classify/step%d", step)
	lengths := below(name+"/length", batch, longest)
	list := below(name+"/token", batch*longest, tokens)
	var examples []Example
	for b, length := range lengths {
		sequence := list[b*longest:][:length+1]
		examples = append(examples, Example{
			Tokens:  sequence,
			Classes: []int32{sequence[length] % classes},
		})
	}
	return examples
}
