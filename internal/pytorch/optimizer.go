package pytorch

import "fmt"

// Optimizers and Schedules are the names of goldens. "optimizer/NAME" has the weights
// after [TrainingSteps] steps of an optimizer, and "schedule/NAME" the learning rates of
// as many epochs as there are [ScheduleLosses].
var (
	Optimizers = []string{
		"sgd", "sgd_momentum", "sgd_nesterov",
		"rmsprop", "rmsprop_momentum", "rmsprop_centered",
		"adam", "adam_decay", "adamw",
	}
	Schedules = []string{"cosine", "step", "exponential", "plateau"}
)

// OptimizerWeights returns the initial weights for the optimizers.
func OptimizerWeights() []float32 { return uniform("optimizer/weight", 32, 1) }

// OptimizerGradient returns the term that is added to half of the weights to get the
// gradient of a step, counted from 0.
func OptimizerGradient(step int) []float32 {
	return uniform(fmt.Sprintf("optimizer/gradient%d", step), 32, 1)
}

// ScheduleLosses returns the losses of the epochs.
func ScheduleLosses() []float64 {
	var list []float64
	for i, u := range uniform("schedule/loss", 20, 1) {
		list = append(list, float64(u)/float64(i+1)+2)
	}
	return list
}
