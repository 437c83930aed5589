package trainer_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/trainer"
)

// A network learns to imitate an amplifier: for each sample of a sound, it predicts the
// device's output. Minibatches are segments from anywhere in the sound, each after a
// burn-in without a loss.
func ExampleNewStream() {
	input, output := make([]float32, 4000), make([]float32, 4000)
	for i := range input {
		input[i] = float32(math.Sin(float64(i)/5) * math.Sin(float64(i)/97))
		output[i] = float32(math.Tanh(3 * float64(input[i]))) // the device clips
	}
	task, err := trainer.NewStream(input, output, trainer.StreamOptions{Segment: 200, BurnIn: 20, Window: 50, BatchSize: 4, Held: 0.2})
	if err != nil {
		log.Fatal(err)
	}
	network, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskRegress, Cell: format.CellLSTM, InputSize: 1, HiddenSize: 8, Layers: 1, Outputs: 1, Skip: true,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	result, err := trainer.Fit(context.Background(), network, task, trainer.FitOptions{Epochs: 10, LearningRate: 0.01})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("learned:", result.Validation.Loss < 0.02)
	// Output: learned: true
}
