package trainer_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"rnnrun/format"
	"rnnrun/runtime"
	"rnnrun/trainer"
)

// A language model that learns a text by heart, and the device's side of it.
func ExampleFit_languageModel() {
	letters := "abcd"
	var tokens []int32
	for _, r := range strings.Repeat("abacad", 300) {
		tokens = append(tokens, int32(strings.IndexRune(letters, r)))
	}
	task, err := trainer.NewLanguageModel(trainer.Tokens(tokens[:1500]), trainer.Tokens(tokens[1500:]), 8, 12)
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.Language, Cell: format.GRU, Tokens: 4, EmbeddingSize: 8,
		HiddenSize: 16, Layers: 1, Outputs: 4, Output: format.Softmax,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	result, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{
		Options: trainer.Options{Clip: 1}, Epochs: 20, LearningRate: 0.02, Schedule: trainer.Cosine{},
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

// A classifier of sequences of numbers: does the sum end above zero?
func ExampleFit_classification() {
	var examples []trainer.Sequence
	for i := range 400 {
		var s trainer.Sequence
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
	task, err := trainer.NewSequenceTask(trainer.Sequences(examples[:300]), trainer.Sequences(examples[300:]), 20)
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.Classify, Cell: format.LSTM, InputSize: 1, HiddenSize: 12, Layers: 1,
		Pool: format.PoolLast, Outputs: 2, Output: format.Softmax,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	result, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{
		Options: trainer.Options{Clip: 1}, Epochs: 40, LearningRate: 0.02, Schedule: trainer.Cosine{},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("at least 95 %% right: %v\n", result.Validation.Correct >= 0.95)
	// Output:
	// at least 95 % right: true
}

func ExampleReadRows() {
	for _, err := range trainer.ReadRows("reviews.tsv", "", "") {
		fmt.Println(err)
	}
	// Output:
	// open reviews.tsv: no such file or directory
}

// A bidirectional model cannot generate, and is refused.
func ExampleNewNetwork_bidirectional() {
	_, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.Language, Cell: format.LSTM, Tokens: 65, EmbeddingSize: 16,
		HiddenSize: 64, Layers: 1, Outputs: 65, Output: format.Softmax, Bidirectional: true,
	}, 1)
	fmt.Println(err)
	// Output:
	// invalid model: a model that feeds its outputs back as inputs cannot be bidirectional: the reverse direction would have to read steps that are not there yet
}
