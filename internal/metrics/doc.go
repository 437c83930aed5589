// Package metrics scores the answers of models: classes, numbers, probabilities
// and translations. It also fits the baselines that a model has to beat.
package metrics
