// Package metrics measures models by their answers: classes, numbers,
// probabilities and translations. It also fits the baselines that a model has to
// beat.
package metrics
