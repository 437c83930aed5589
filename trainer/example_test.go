package trainer_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/trainer"
)

// A language model learns a text by heart, and then runs on the device.
func ExampleFit_languageModel() {
	letters := "abcd"
	var tokens []int32
	for _, r := range strings.Repeat("abacad", 300) {
		tokens = append(tokens, int32(strings.IndexRune(letters, r)))
	}
	task, err := trainer.NewLanguageModel(dataset.Tokens(tokens[:1500]), dataset.Tokens(tokens[1500:]), 8, 12)
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskLanguage, Cell: format.CellGRU, Tokens: 4, EmbeddingSize: 8,
		HiddenSize: 16, Layers: 1, Outputs: 4, Output: format.OutputSoftmax,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	result, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{
		Options: trainer.Options{Clip: 1}, Epochs: 20, LearningRate: 0.02, Schedule: trainer.CosineDecay{},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("learned: %v\n", result.Validation.Loss < 0.1)

	model, err := runtime.New(network.Model())
	if err != nil {
		log.Fatal(err)
	}
	session, greedy := model.NewSession(), runtime.NewSampler(0, 0, 1)
	next := int32(0)
	for range 12 {
		fmt.Print(letters[next : next+1])
		if _, err := session.StepToken(next); err != nil {
			log.Fatal(err)
		}
		next = greedy.Next(session)
	}
	fmt.Println()
	// Output:
	// learned: true
	// abacadabacad
}

// A classifier of sequences of numbers learns whether their sum is above zero.
func ExampleFit_classification() {
	var examples []dataset.Sequence
	for i := range 400 {
		var s dataset.Sequence
		var sum float32
		for t := range 3 + i%5 {
			x := float32((i*7+t*13)%21-10) / 10
			s.Inputs = append(s.Inputs, x)
			sum += x
		}
		s.Classes = []int32{0}
		if sum > 0 {
			s.Classes[0] = 1
		}
		examples = append(examples, s)
	}
	task, err := trainer.NewSequenceTask(dataset.Sequences(examples[:300]), dataset.Sequences(examples[300:]), 20)
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskClassify, Cell: format.CellLSTM, InputSize: 1, HiddenSize: 12, Layers: 1,
		Pool: format.PoolLast, Outputs: 2, Output: format.OutputSoftmax,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	result, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{
		Options: trainer.Options{Clip: 1}, Epochs: 40, LearningRate: 0.02, Schedule: trainer.CosineDecay{},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("at least 95 %% right: %v\n", result.Validation.Correct >= 0.95)
	// Output:
	// at least 95 % right: true
}

// A training that was killed continues from its checkpoint. If there is none, it
// starts, so Resume may always be set.
func ExampleFit_resume() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	checkpoints := trainer.Checkpoints{Path: filepath.Join(folder, "checkpoint"), Every: 10, Resume: true}
	fit := func(ctx context.Context, progress func(trainer.Progress)) (trainer.FitResult, error) {
		task, err := trainer.NewLanguageModel(dataset.Tokens(slices.Repeat([]int32{0, 1, 2}, 500)), dataset.Tokens{}, 5, 10)
		if err != nil {
			return trainer.FitResult{}, err
		}
		network, err := trainer.NewNetwork(trainer.Architecture{
			Task: format.TaskLanguage, Cell: format.CellLSTM, Tokens: 3, EmbeddingSize: 4,
			HiddenSize: 8, Layers: 1, Outputs: 3, Output: format.OutputSoftmax,
		}, 1)
		if err != nil {
			return trainer.FitResult{}, err
		}
		return trainer.Fit(ctx, network, task, trainer.FitOptions{Epochs: 3, Checkpoints: checkpoints, Progress: progress})
	}

	ctx, interrupt := context.WithCancel(context.Background())
	_, err = fit(ctx, func(p trainer.Progress) {
		if p.Step == 42 {
			interrupt()
		}
	})
	fmt.Println(err)
	first := 0
	result, err := fit(context.Background(), func(p trainer.Progress) {
		if first == 0 {
			first = p.Step
		}
	})
	fmt.Println(err)
	fmt.Printf("went on with step %d to step %d\n", first, result.Steps)
	// Output:
	// context canceled
	// <nil>
	// went on with step 43 to step 87
}

// A forecaster learns to predict the next two values of a series. It reads and
// writes numbers in the units of the data.
func ExampleNewForecast() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "tide.csv")
	if err := os.WriteFile(path, []byte("hour,level\n"+strings.Repeat("0:00,210\n3:00,350\n6:00,480\n9:00,350\n", 50)), 0o600); err != nil {
		log.Fatal(err)
	}
	file, err := dataset.OpenSeries(path, dataset.SeriesOptions{})
	if err != nil {
		log.Fatal(err)
	}
	task, err := trainer.NewForecast(file, trainer.ForecastOptions{Horizon: 2, Window: 16, Held: 0.2, BatchSize: 4})
	if err != nil {
		log.Fatal(err)
	}
	defer task.Close()
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskRegress, Cell: format.CellGRU, InputSize: 1, HiddenSize: 8, Layers: 1, Outputs: task.Outputs(),
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	network.Model().Normalization = task.Normalization
	if _, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{Epochs: 40, LearningRate: 0.02}); err != nil {
		log.Fatal(err)
	}
	model, err := runtime.New(network.Model())
	if err != nil {
		log.Fatal(err)
	}
	y, err := model.NewSession().Run([]float32{210, 350, 480, 350, 210, 350})
	if err != nil {
		log.Fatal(err)
	}
	next := y[len(y)-2:]
	fmt.Printf("columns %v; next about %.0f and %.0f\n", file.Columns, math.Round(float64(next[0])/10)*10, math.Round(float64(next[1])/10)*10)
	// Output:
	// columns [level]; next about 480 and 350
}

func ExampleTrainer_GradientFlow() {
	network, err := trainer.NewNetwork(trainer.Architecture{
		Cell: format.CellRNN, Tokens: 5, EmbeddingSize: 4, HiddenSize: 16, Layers: 1, Outputs: 5, Output: format.OutputSoftmax,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	tokens := slices.Repeat([]int32{0, 3, 1, 4, 2}, 10)
	norms, err := trainer.NewTrainer(network, trainer.Options{}).GradientFlow([]dataset.Sequence{{Tokens: tokens, Classes: tokens}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("the gradient vanishes: %v\n", norms[40] < 1e-6*norms[0])
	// Output:
	// the gradient vanishes: true
}

// An encoder–decoder learns to spell: it translates a letter to its word.
func ExampleFit_translation() {
	words := []string{"alpha", "bravo", "charlie"}
	const start, end = 0, 1 // and from 2 on a is 2, b is 3 …
	var pairs []dataset.Sequence
	for i := range 60 {
		s := dataset.Sequence{Source: []int32{int32(i % 3)}, Tokens: []int32{start}}
		for _, letter := range words[i%3] {
			s.Tokens = append(s.Tokens, 2+letter-'a')
		}
		s.Classes = append(append(s.Classes, s.Tokens[1:]...), end)
		pairs = append(pairs, s)
	}
	task, err := trainer.NewSequenceTask(dataset.Sequences(pairs), dataset.Sequences(nil), 6)
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskTranslate, Cell: format.CellGRU, Layers: 1, HiddenSize: 16, EmbeddingSize: 8,
		Tokens: 3, TargetTokens: 28,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	target := network.Model().Decoder
	target.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: start, End: end}
	target.Vocabulary = []string{"<start>", "<end>"}
	for letter := 'a'; letter <= 'z'; letter++ {
		target.Vocabulary = append(target.Vocabulary, string(letter))
	}
	if _, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{Epochs: 40, LearningRate: 0.01}); err != nil {
		log.Fatal(err)
	}
	model, err := runtime.NewEncoderDecoder(network.Model())
	if err != nil {
		log.Fatal(err)
	}
	translator, err := model.NewTranslator(runtime.WithBeam(2))
	if err != nil {
		log.Fatal(err)
	}
	for source := range int32(3) {
		tokens, err := translator.Translate(nil, []int32{source})
		if err != nil {
			log.Fatal(err)
		}
		text, err := model.Decode(nil, tokens...)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(text))
	}
	// Output:
	// alpha
	// bravo
	// charlie
}

// A bidirectional language model is refused, since it cannot generate text.
func ExampleNewNetwork_bidirectional() {
	_, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskLanguage, Cell: format.CellLSTM, Tokens: 65, EmbeddingSize: 16,
		HiddenSize: 64, Layers: 1, Outputs: 65, Output: format.OutputSoftmax, Bidirectional: true,
	}, 1)
	fmt.Println(err)
	// Output:
	// invalid model: a model that feeds its outputs back as inputs cannot be bidirectional: the reverse direction would read tokens that do not exist yet
}

// Quantization-aware training makes a model that is small on the device. The
// network learns with the quantized weights that its file will have.
func ExampleNetwork_SetDType() {
	var tokens []int32
	for i := range 1800 {
		tokens = append(tokens, int32(i%3))
	}
	task, err := trainer.NewLanguageModel(dataset.Tokens(tokens[:1500]), dataset.Tokens(tokens[1500:]), 8, 12)
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskLanguage, Cell: format.CellGRU, Tokens: 3, EmbeddingSize: 8,
		HiddenSize: 16, Layers: 1, Outputs: 3, Output: format.OutputSoftmax,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	if err := network.SetDType(format.DTypeInt8); err != nil {
		log.Fatal(err)
	}
	result, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{Epochs: 10, LearningRate: 0.02})
	if err != nil {
		log.Fatal(err)
	}
	model, err := network.Export()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(model.Layers[0].Directions[0].Gates.DType, result.Validation.Loss < 0.1)
	// Output: int8 true
}
