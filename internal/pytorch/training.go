package pytorch

import (
	"fmt"
	"sync"

	"github.com/rnnrun/rnnrun/format"
)

// A Training is a network that PyTorch trained for [TrainingSteps] steps. The goldens are
// the loss of each step, and the norm of the first step's gradients before clipping; for
// Translate, also these gradients, in the form of [Case].
type Training struct {
	Task          format.Task // Language, Classify or Translate
	Cell          Cell
	Layers        int
	Bidirectional bool
	Optimizer     Optimizer
}

// An Optimizer has the hyperparameters of the PyTorch optimizer with this name.
type Optimizer struct {
	Name         string // "sgd", "adam" or "adamw"
	LearningRate float64
	Momentum     float64 // of sgd
	Beta1, Beta2 float64 // of adam and adamw
	Epsilon      float64 // of adam and adamw
	WeightDecay  float64 // of adamw, for all parameters
	MaxNorm      float64 // of clip_grad_norm_ over all parameters, for all optimizers
}

// TrainingSteps is the number of steps of a training.
const TrainingSteps = 100

const (
	tokens  = 23 // size of the vocabulary
	width   = 12 // of the embedding
	hidden  = 16
	batch   = 4
	window  = 10 // steps of a language model's batch
	longest = 12 // steps of a sequence to classify, and of source and target
	classes = 3
	// The special tokens of a target; its other tokens have smaller ids:
	startToken, endToken = 21, 22
)

var taskNames = map[format.Task]string{format.TaskLanguage: "language", format.TaskClassify: "classify", format.TaskTranslate: "translate"}

func optimizers(task format.Task) []Optimizer {
	rate, clip := 0.5, 0.3
	if task != format.TaskLanguage {
		rate, clip = 0.1, 1
	}
	adam := Optimizer{Name: "adam", LearningRate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, MaxNorm: clip}
	if task == format.TaskTranslate {
		return []Optimizer{adam}
	}
	return []Optimizer{
		{Name: "sgd", LearningRate: rate, Momentum: 0.9, MaxNorm: clip},
		adam,
		{Name: "adamw", LearningRate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0.1, MaxNorm: clip},
	}
}

// Trainings returns all trainings.
func Trainings() []Training {
	var list []Training
	for _, task := range []format.Task{format.TaskLanguage, format.TaskClassify, format.TaskTranslate} {
		for _, cell := range cells {
			for _, layers := range []int{1, 2} {
				for _, bidirectional := range []bool{false, true} {
					if task == format.TaskLanguage && bidirectional {
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

// String returns the training's name, which is the prefix of the names of its goldens.
func (t Training) String() string { return t.network() + "-" + t.Optimizer.Name }

// Model returns the network at the start of the training.
func (t Training) Model() (*format.Model, error) {
	prefix := t.network() + "/"
	switch t.Task {
	case format.TaskLanguage:
		return t.model(prefix, t.Bidirectional, hidden, tokens)
	case format.TaskClassify:
		m, err := t.model(prefix, t.Bidirectional, hidden, classes)
		if err == nil {
			m.Pool = format.PoolLast
		}
		return m, err
	}
	m, err := t.model(prefix+"encoder/", t.Bidirectional, hidden, 0)
	if err != nil {
		return nil, err
	}
	m.Decoder, err = t.model(prefix+"decoder/", false, hidden*len(m.Layers[0].Directions), tokens)
	if err != nil {
		return nil, err
	}
	m.Decoder.Task = format.TaskLanguage
	m.Decoder.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: startToken, End: endToken}
	for i := range tokens {
		m.Decoder.Vocabulary = append(m.Decoder.Vocabulary, string(rune('a'+i)))
	}
	return m, nil
}

// model returns a network whose weights are determined by their names, which begin with
// prefix. If outputs is 0, it has no head.
func (t Training) model(prefix string, bidirectional bool, hidden, outputs int) (*format.Model, error) {
	list, err := layers(t.Cell, t.Layers, bidirectional, width, hidden, prefix+"rnn.")
	if err != nil {
		return nil, err
	}
	m := &format.Model{
		Task:      t.Task,
		InputSize: width,
		Embedding: &format.Embedding{
			Tokens: tokens, Size: width,
			Table: uniform(prefix+"embedding.weight", tokens*width, scale(hidden)),
		},
		Layers: list,
	}
	if outputs == 0 {
		return m, nil
	}
	features := hidden * len(list[0].Directions)
	m.Output = format.OutputSoftmax
	m.Head, err = format.PackDense(features, outputs,
		uniform(prefix+"linear.weight", outputs*features, scale(hidden)),
		uniform(prefix+"linear.bias", outputs, scale(hidden)))
	return m, err
}

// EncoderDecoderGradients returns the gradients of an encoder–decoder, with the names of
// its goldens.
func EncoderDecoderGradients(grad *format.Model) []Tensor {
	list := modelGradients("encoder.", grad)
	list = append(list, modelGradients("decoder.", grad.Decoder)...)
	weight, bias := grad.Decoder.Head.Unpack()
	return append(list, Tensor{"decoder.linear.weight", weight}, Tensor{"decoder.linear.bias", bias})
}

func modelGradients(prefix string, grad *format.Model) []Tensor {
	list := []Tensor{{prefix + "embedding.weight", grad.Embedding.Table}}
	for _, g := range Gradients(grad.Layers) {
		list = append(list, Tensor{prefix + "rnn." + g.Name, g.Values})
	}
	return list
}

// An Example is a sequence of a batch.
type Example struct {
	Source  []int32 // tokens for the encoder, for Translate
	Tokens  []int32
	Classes []int32 // one per step; one in all for Classify
}

// Batch returns the batch of a step, counted from 0. The loss is the mean of the
// cross-entropy over all classes of the batch. The examples of a language model continue
// those of the previous step, and start from their final states.
func (t Training) Batch(step int) []Example {
	switch t.Task {
	case format.TaskLanguage:
		return windows(step)
	case format.TaskClassify:
		return sequences(step)
	}
	return pairs(step)
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

// text returns the text of the language models. Three of four tokens are determined by
// the last but one.
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

// pairs returns pairs. The target of a source is its tokens, taken from the end,
// repeatedly.
func pairs(step int) []Example {
	name := fmt.Sprintf("translate/step%d", step)
	lengths := below(name+"/length", batch, longest)
	answers := below(name+"/answer", batch, longest)
	list := below(name+"/token", batch*longest, tokens)
	var examples []Example
	for b, length := range lengths {
		source := list[b*longest:][:length+1]
		e := Example{Source: source, Tokens: []int32{startToken}}
		for i := range int(answers[b]) {
			token := source[len(source)-1-i%len(source)] % startToken
			e.Tokens, e.Classes = append(e.Tokens, token), append(e.Classes, token)
		}
		e.Classes = append(e.Classes, endToken)
		examples = append(examples, e)
	}
	return examples
}
